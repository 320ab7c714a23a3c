"""What stands beside each member of a draft, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

HEAD: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "招标公告草稿。请填写空白处，然后：yinxin tender check 本文件；yinxin tender publish 本文件",
        '没有的内容整行删去。双语文字写作 { zh = "…", en = "…" }，只写中文时可直接写 "…"。',
        "",
    ),
    "en": (
        "Draft of a notice. Fill in what is empty, then: yinxin tender check FILE, yinxin tender publish FILE",
        'What there is not: delete the line. Texts are { zh = "…", en = "…" }; Chinese alone may be written "…".',
        "",
    ),
}

COMMENTS: Mapping[str, Mapping[str, str]] = {
    "profile": {
        "zh": "statutory 按法定期限检查；demo 为演示，可用秒计的期限",
        "en": "statutory: periods are held against the law; demo: seconds, for trying it out",
    },
    "title": {"zh": "项目名称", "en": "name of the tender"},
    "description": {"zh": "项目概况与招标范围", "en": "what is bought, in a few sentences"},
    "category": {"zh": "goods 货物、works 工程、services 服务", "en": "goods, works or services"},
    "mandatory": {"zh": "是否依法必须招标", "en": "is tendering mandatory by law"},
    "contact": {"zh": "联系单位与地址（勿写个人信息）", "en": "office to ask (no personal data)"},
    "questionsUntil": {
        "zh": "提问截止时间。时间写作 2026-01-31T09:00:00+08:00，或自发布起 +10d",
        "en": "end of questions. Times: 2026-01-31T09:00:00+08:00, or +10d from publishing",
    },
    "deadline": {"zh": "投标截止时间（含该秒，以链上时钟为准）", "en": "last second for bids, by the chain's clock"},
    "openAt": {"zh": "开标时间，须晚于截止时间加揭示窗口", "en": "opening, later than deadline and reveal window"},
    "minimumBids": {"zh": "少于此数即流标", "en": "with fewer live bids a lot fails"},
    "bidValidity": {"zh": "投标有效期（日）", "en": "days for which a bid binds"},
    "consortium": {"zh": "联合体成员上限，0 为不接受联合体", "en": "most members of a consortium; 0: none may bid"},
    "gap": {
        "zh": "截止前后两个区块相隔超过此时长即为中断",
        "en": "blocks further apart across the deadline: an outage",
    },
    "grace": {"zh": "中断后的补投时长", "en": "time to bid after an outage"},
    "revealWindow": {"zh": "存管方揭示虚标的时长", "en": "time for custodians to reveal decoys"},
    "amendmentMargin": {"zh": "修改公告距截止的最短时长", "en": "least time from an amendment to the deadline"},
    "standstill": {"zh": "中标候选人公示期", "en": "time for objections once candidates are public"},
    "complaintPeriod": {"zh": "投诉期", "en": "time for complaints after the award"},
    "ceremony": {"zh": "密钥生成仪式编号", "en": "number of the ceremony that made the opening key"},
    "changes": {"zh": "本次修改的内容（给投标人看）", "en": "what this amendment changes, for bidders"},
    "previous": {"zh": "重新招标时，原流标项目的编号", "en": "re-tender: number of the tender that failed"},
    "bureau": {"zh": "招标人", "en": "procuring entity"},
    "agent": {"zh": "招标代理机构", "en": "agent"},
    "lots": {
        "zh": "标段，依次编号；ceiling 为最高投标限价，无则删去",
        "en": "lots in order; without ceiling: delete it",
    },
    "envelopes": {
        "zh": "信封：1 为全部或技术标，2 为报价。officer、supervisor 为第二把锁的公钥（yinxin keys list）",
        "en": "1 everything or technical, 2 the price; officer, supervisor: keys of lock 2 (yinxin keys list)",
    },
    "envelopes.form": {
        "zh": "开标一览表填报项：money、number、integer、days、text、choice；scored 为计分项",
        "en": "figures of the opening form: money, number, integer, days, text, choice; scored ones are disclosed",
    },
    "evaluation": {
        "zh": "评标办法：lowest-price、weighted-points、reference-price",
        "en": "how bids are compared: lowest-price, weighted-points, reference-price",
    },
    "evaluation.criteria": {
        "zh": "评分因素，权重合计 100；来源 expert、lowest、highest、linear、choice、reference",
        "en": "criteria, weights sum to 100; sources: expert, lowest, highest, linear, choice, reference",
    },
    "committee": {"zh": "评标委员会：五人以上单数，专家不少于三分之二", "en": "five or more, odd, two thirds experts"},
    "qualification": {"zh": "资格条件：须出示的证照", "en": "who may bid: certificates to show"},
    "guarantee": {
        "zh": "投标保证金（保函），不超过限价 2%；days 为超出投标有效期的天数",
        "en": "guarantee, at most 2 percent of the ceiling; days beyond the bid's validity",
    },
    "supervisor": {"zh": "监督人及其链上账户", "en": "supervisor and its account on the ledger"},
    "custodians": {"zh": "存管方：账户、名称、服务地址", "en": "custodians: account, name, address of the server"},
    "documents": {"zh": "招标文件（相对本文件的路径）", "en": "tender documents, paths from this file"},
}
"""Path of a member in a draft (without places in lists) to what stands above it."""
