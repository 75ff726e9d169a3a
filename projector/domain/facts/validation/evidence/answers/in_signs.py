"""How people say yes in Chinese, Japanese and Korean: a clause is a yes as a whole, or begins or ends with one."""

import re

from projector.domain.facts.told.word_list import words

_CLAUSE = re.compile(r"[^,.;!?\u2026\u3002\uff01\uff1f\u3001\uff0c]+[,.;!?\u2026\u3002\uff01\uff1f\u3001\uff0c]?")
_MARKS = " ,.;!?\u2026\u3002\uff01\uff1f\u3001\uff0c"
# Each is a pattern of a whole clause.
_YES_CLAUSES = {
    "ja": """
        はい ええ うん そうです そうします そうしてください 了解(?:です|しました)? いいです 大丈夫です
        わかりました 分かりました 承知しました もちろん(?:です)? ぜひ オッケー(?:です)? 助かります
        ありがたいです それ(?:で|が)いいです それにします それです 合って(?:い)?ます 間違いありません あります
        そのとおりです その通りです .{0,12}お願い(?:します|いたします|したいです)? .{0,8}でいいです
        .{0,10}にします
    """,
    "ko": r"""
        네 넵 예 응 좋아요? 좋습니다 좋네요 좋죠 맞아요? 맞습니다 맞네요 그래요 그럽시다 그럼요 그렇습니다
        그렇죠 그렇게\s(?:해|할|하|부탁).* 알겠습니다 알겠어요 물론이죠 물론입니다 당연하죠 괜찮아요 괜찮습니다
        됩니다 돼요 다행.*
        (?:.{0,12}\s)?(?:할게요|하겠습니다|부탁드려요|부탁드립니다|부탁드릴게요|부탁해요|해\s?주세요|주문할게요|살게요)
        (?:.{0,12}\s)?(?:예약|진행|변경|주문|배송|취소|등록|접수|추가|신청)(?:해)?\s?주세요
        (?:.{0,12}\s)?(?:바꿔|보내|잡아|넣어|빼)\s?주세요 있어요 있습니다
    """,
    "zh": """
        好 好的 好啊 好呀 好吧 好嘞 行 行吧 行啊 可以 可以的 可以啊 没问题 对 对的 对对 是 是的 没错 嗯 嗯嗯 要
        要的 我要 我要了 我要这个 就要这个 就这个 就这么定 就它 就那个 就这样定 定了 同意 成 麻烦您?了?
    """,
}
# Nobody agrees in so many; and a pattern is tried at every sign of a clause.
_YES_CHARS_MAX = 80
# What may stand before it and after it.
_BEFORE = {
    "ja": "(?:あ|ああ|えっと|じゃあ|では|それでは)?",
    "ko": r"(?:(?:네|넵|예|응|아|음|어|그럼|그러면)\s?)*",
    "zh": "(?:那|那就|嗯|哦|啊|噢)*",
}
_AFTER = {
    "ja": "(?:ね|よ|けど|が)*",
    "ko": r"(?:\s(?:네|예|좋아요|감사합니다|고맙습니다|고마워요))*",
    "zh": "(?:了|吧|啊|呀|哦|的|呢)*(?:谢谢[你您]?)?",
}
_YES = {
    language: re.compile(f"{_BEFORE[language]}(?:{'|'.join(clauses.split())}){{1,2}}{_AFTER[language]}")
    for language, clauses in _YES_CLAUSES.items()
}
# `升吧`, where it was asked whether to.
_TAKEN_AGAIN = re.compile(r"那?(?:就|我要|要|帮我|给我)?(.{1,8}?)(?:吧|了|好了)")
_AGAINST = {
    language: re.compile("|".join(signs.split()))
    for language, signs in {
        "ja": """
            ない ません なく 高い 高すぎ 聞こえ 聞い 聞く 聞き 考え 検討 迷 待 別の 他の ほかの もう一度 やめ
            キャンセル 違 少ない 危ない 今度 また後 後で あとで かしら かな そうですか 冗談 結構 相談
            (?:夫|妻|主人|家内|家族)[にと](?:確認|話|訊|き)
            もし たら
            どうしよう 連絡します 予算 もしもし 折り返
        """,
        "ko": r"""
            (?<!\S)안(?!\S) (?<!\S)못(?!\S) 않 없 아니 못하 못해 말고 비싸 비쌉 싸게 생각 고민 글쎄 취소 싫
            됐어요 됐습니다 나중 다음에 다시 잠시 잠깐 기다 듣고 들려 들었 말씀하신 물어 상의 관두 그만 다른
            장난 농담 부족 면(?=\s) 혹시 얼마 만약
            연락 여보세요 예산 말씀드릴 알려 의논 둘러
        """,
        "zh": """
            不 没(?!问题|错) 算了 考虑 想想 再说 再看 再想 贵 便宜 问问 问一下 看看 等等 等一下 等下 稍等 挂了
            别的 别家 另 换 取消 听见 听到 听着 说过 开玩笑 抢钱 要是 如果 以后 下次 商量 要走 慢点 重复 块啊 吗
            随便
            联系 说一声 通知 喂 预算 商议 回头 家里人
        """,
    }.items()
}
# They hold such a sign, and say nothing against anything.
_NEUTRAL = re.compile(
    "回头见|没问题(?!就)|没错|不错|行不行|差不多|すみません|間違いありません|なければなりません|かもしれ(?:ない|ません)|다름아니라"
)
# What may be offered, and is taken by being said again: `帮您换吗` `换吧`.
_OFFERED = words("换 取消 另 联系 通知 다른 취소 연락 알려 別の 他の ほかの キャンセル 連絡します 折り返")
# `네 시에` is at four.
_COUNTED = re.compile(r"(?<!\S)네 (?:시|명|개|분|살|번|달|장|대|마리|병|잔|권)\S*")
# Of nuts these say that they may be eaten.
_REASSURING = re.compile(r"没问题|大丈夫|好|行|可以|いいです|괜찮|좋|됩니다|돼요")


def takes_in_signs(answer: str, language: str, taken: str, *, is_asked: bool) -> bool:
    """
    Tell whether an answer in Chinese, Japanese or Korean says yes, and nothing against it.

    Args:
        taken: what the other said: `那就升吧` takes it up by one of its verbs.
        is_asked: whether it was asked for what one has, and nothing was offered.
    """
    signs = (found[0] for found in _AGAINST[language].finditer(_NEUTRAL.sub("", answer)))
    if any(sign not in _OFFERED or sign not in taken for sign in signs):
        return False
    clauses = [clause for clause in _CLAUSE.findall(answer) if not clause.endswith(("?", "\uff1f"))]
    told = (_COUNTED.sub("", clause.strip(_MARKS)).strip() for clause in clauses)
    return any(
        _is_yes(clause, language, taken) and not (is_asked and _REASSURING.search(clause))
        for clause in told
        if 0 < len(clause) <= _YES_CHARS_MAX
    )


def _is_yes(clause: str, language: str, taken: str) -> bool:
    if _YES[language].fullmatch(clause):
        return True
    again = _TAKEN_AGAIN.fullmatch(clause) if language == "zh" else None
    return again is not None and all(sign in taken for sign in again[1])
