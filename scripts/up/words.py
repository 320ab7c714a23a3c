"""What ``make up`` tells people, in English and Chinese."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import segno

from scripts.up.layout import Layout
from scripts.up.tls import Served


def say(english: str, chinese: str) -> None:
    """One line about what happens."""
    print(f"  {english}  {chinese}", flush=True)


def table(layout: Layout, url: str, node: str, served: Served | None) -> None:
    """Where to look, who may sign in, a first example, how to stop."""
    print()
    print(_strong(f"印信 Yinxin runs 已启动: {url}/"))
    rows = [
        ("first page", "首页", f"{url}/"),
        ("tenders, wallet", "招标、证照夹", f"{url}/tenders  {url}/wallet"),
        ("API", "接口", f"{url}/v1"),
        ("OpenAPI", "接口说明", f"{url}/v1/openapi.json"),
        ("health", "健康检查", f"{url}/healthz  {url}/readyz"),
        ("metrics", "运行指标", f"{url}/metrics (token of authority, auditor or machine 须令牌)"),
        ("ledger", "账本", f"{node} (JSON-RPC, this machine only 仅本机)"),
        ("homes", "数据与密钥", f"{_near(layout.homes)}/"),
        ("logs", "日志", f"{_near(layout.logs)}/"),
        (
            "accounts",
            "账号",
            "authority, and for each bureau 每机关: officer-N approver-N clerk-N auditor-N machine-N",
        ),
        ("passwords", "初始口令", f"{_near(layout.sign_in)}/NAME.json"),
    ]
    rows += [("bureau", "机关", f"N={one.number}  {one.code}  {one.name}") for one in layout.bureaus]
    for english, chinese, text in rows:
        print(f"  {_wide(f'{english} {chinese}', 22)}{text}")
    trust = f" --cacert {_near(served.authority)}" if served else ""
    print("\n" + _strong("Try it 试一试"))
    print(f"  curl -s{trust} {url}/v1/bureaus")
    print(
        f"  curl -s{trust} -H 'Content-Type: application/json' "
        f"-d @{_near(layout.sign_in / 'clerk-1.json')} {url}/v1/sessions"
    )
    print("  docs/up.md goes on from there: a list, an approval, a certificate.  下一步见 docs/up.md")


def passwords(accounts: list[tuple[str, str]]) -> None:
    """First passwords, on a terminal only: what goes to a file stays there."""
    if not sys.stdout.isatty():
        return
    print("\n" + _strong("First passwords, shown this once 初始口令，仅显示这一次"))
    for name, password in accounts:
        print(f"  {name:<14} {password}")


def phone(url: str, served: Served) -> None:
    """The QR code of the address, and what trusting the certificate means."""
    print("\n" + _strong("On a phone 手机访问"))
    if served.addresses[0].is_loopback:
        print("  This machine has no address on a local network now; https is served on this machine alone.")
        print("  本机目前没有局域网地址，https 仅本机可用。")
    else:
        segno.make(f"{url}/", error="m", micro=False).terminal(compact=True)
    for one in served.left_out:
        print(f"  {one} is an address of the Internet; the certificate does not cover it.  证书不含此公网地址")
    print(f"  1. open {url}/ and go past the warning; get the certificate {url}/ca.crt  打开并下载证书")
    print(f"  2. compare its SHA-256 fingerprint 核对指纹:\n     {served.fingerprint}")
    print("  3. Android: Settings > Security > Encryption & credentials > Install a certificate > CA certificate")
    print("     设置 > 安全 > 加密与凭据 > 安装证书 > CA 证书")
    print("     iPhone: install the profile; then Settings > General > About > Certificate Trust Settings: on")
    print("     安装描述文件，再到 设置 > 通用 > 关于本机 > 证书信任设置 打开")
    key = _near(served.authority.with_name("ca.key"))
    print(f"  What it means: whoever has {key} can pose to that phone as any site of a local network.")
    print("  Remove the certificate from the phone when you are done.")
    print("  意义：持有该密钥者可对手机冒充局域网内任何网站；用完请删除该证书。")


def ending() -> None:
    """How to stop."""
    print("\n  stop 停止: Ctrl-C, or from elsewhere 或 make down", flush=True)


def _strong(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


def _near(path: Path) -> str:
    """As one would type it here."""
    near = os.path.relpath(path)
    return str(path) if near.startswith("..") else near


def _wide(text: str, columns: int) -> str:
    """Filled up to that many columns; Chinese characters take two."""
    taken = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
    return text + " " * max(1, columns - taken)
