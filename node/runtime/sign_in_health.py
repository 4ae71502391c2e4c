"""Whether the powers over a real home need more than a password."""

from node.settings import Purpose, Settings
from schemas.doctor import Finding, Standing


def second_factor(settings: Settings) -> Finding:
    """Warn of a real home whose operators sign in by a password alone."""
    real = settings.purpose is Purpose.PRODUCTION
    if settings.asks_second_factor or not real:
        asked = "需要动态口令" if settings.asks_second_factor else "演练环境, 不要求动态口令"
        return Finding(
            check="sign-in", standing=Standing.OK, zh=f"管理员登录: {asked}",
            en="operators, security and auditors prove a second factor"
            if settings.asks_second_factor
            else "a training home: no second factor is asked for",
        )  # fmt: skip
    return Finding(
        check="sign-in", standing=Standing.WARNING, zh="管理员只凭密码登录, 动态口令已关闭",
        en="operators, security and auditors sign in by a password alone",
        way_out='take `second_factor = "off"` out of [sign_in] in node.toml; restart the node',
    )  # fmt: skip
