"""Words of a tender's life, in Chinese and English."""

from __future__ import annotations

PHASES: dict[str, tuple[str, str]] = {
    "bidding": ("投标", "bidding"),
    "closed": ("已封标", "closed"),
    "opened": ("已开标", "opened"),
    "reviewed": ("技术评审完成", "reviewed"),
    "price_closed": ("报价已封标", "price closed"),
    "price_opened": ("报价已开标", "price opened"),
    "candidates": ("候选人公示", "candidates public"),
    "awarded": ("已中标", "awarded"),
    "contracted": ("已签合同", "contracted"),
    "failed": ("流标", "failed"),
    "cancelled": ("已终止", "cancelled"),
}

EVENTS: dict[str, tuple[str, str]] = {
    "Published": ("公告发布", "published"),
    "Amended": ("公告修改", "amended"),
    "Extended": ("截止延长", "extended"),
    "TenderCancelled": ("终止", "cancelled"),
    "DeadlineSettled": ("截止定案", "deadline final"),
    "DeadlineMoved": ("因中断顺延", "deadline moved by an outage"),
    "DeadlineSeen": ("截止后区块已记", "a block after the deadline is noted"),
    "BidCommitted": ("投标提交", "bid committed"),
    "BidWithdrawn": ("投标撤回", "bid withdrawn"),
    "BidMoved": ("投标换址", "bid moved"),
    "DecoyRevealed": ("虚标揭示", "decoy revealed"),
    "EnvelopeClosed": ("封标", "envelope closed"),
    "EnvelopeOpened": ("开标", "envelope opened"),
    "Reviewed": ("技术评审", "technical result"),
    "LotAdvanced": ("进入下一阶段", "lot advanced"),
    "LotFailed": ("流标", "lot failed"),
    "Recorded": ("文件存证", "document on record"),
    "CustodyAttested": ("存管声明", "custody stated"),
    "CandidatesNamed": ("候选人公示", "candidates named"),
    "CaseFiled": ("异议或投诉提出", "objection or complaint filed"),
    "CaseSettled": ("异议或投诉答复", "objection or complaint answered"),
    "LotAwarded": ("中标", "awarded"),
    "LotContracted": ("合同", "contract"),
}

WHO: dict[str, tuple[str, str]] = {
    "bidders": ("投标人", "bidders"),
    "officer": ("招标人", "procuring officer"),
    "custodians": ("存管方", "custodians"),
    "key-holders": ("开标密钥保管人", "key holders"),
    "supervisor": ("监督人", "supervisor"),
    "anybody": ("任何人", "anybody"),
}

STEPS: dict[str, tuple[str, str]] = {
    "ask": ("提问", "ask"),
    "bid": ("投标、替换或撤回", "submit, replace or withdraw"),
    "tick": ("截止定案 (yinxin tender tick)", "make the deadline final"),
    "reveal": ("揭示虚标", "reveal decoys"),
    "close": ("封标 (yinxin tender close)", "close"),
    "attest": ("核对并声明存管", "hash all live files and state so"),
    "open": ("开标", "release their signatures, then open"),
    "review": ("公布技术评审结果", "put the technical result on record"),
    "name-candidates": ("公示中标候选人", "name candidates"),
    "answer-objection": ("答复异议", "answer an objection"),
    "decide-complaint": ("处理投诉", "decide a complaint"),
    "object": ("可提异议", "may object"),
    "award": ("定标", "award"),
    "complain": ("可投诉", "may complain"),
    "contract": ("签订合同并存证", "put the contract on record"),
    "re-tender": ("可重新招标", "may tender anew (previous = this number)"),
}
