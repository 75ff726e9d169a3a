"""What commands an assistant in one fixed turn of phrase, and signs of scripts without spaces that do so together."""

# ruff: noqa: RUF001 - words of many alphabets

from projector.domain.facts.told.word_kinds import WordKind

PHRASES = WordKind(
    """
    do_as_i_say do_as_i_tell do_what_i_say do_what_i_tell do_as_you're_told do_as_you_are_told tu_was_ich_sage
    tun_sie_was_ich_sage mach_was_ich_sage haz_lo_que_te_digo haga_lo_que_le_digo haz_lo_que_digo fais_ce_que_je_dis
    fais_ce_que_je_te_dis faites_ce_que_je_dis rób_co_mówię rób_co_ci_mówię fai_quello_che_dico fai_come_dico
    faccia_come_dico faça_o_que_eu_digo faça_o_que_digo doe_wat_ik_zeg gör_som_jag_säger repeat_after_me
    sprich_mir_nach repite_después_de_mí répète_après_moi powtarzaj_za_mną ripeti_dopo_di_me repita_depois_de_mim
    everything_above_this agree_with_everything agree_to_everything say_yes_to_everything i_outrank_you
    you_work_for_me i_built_you i_made_you i_created_you i_trained_you i_programmed_you who_made_you who_built_you
    who_created_you ich_habe_dich_gebaut ich_habe_dich_programmiert yo_te_creé te_he_creado je_t'ai_créé
    ti_ho_creato eu_te_criei override_code master_code security_has_cleared security_cleared_me cleared_me_to
    cleared_for_confidential so_just_do_it let_me_in_without let_me_through_without give_me_access_to_everything
    treat_me_as_the treat_me_as_an_admin* treat_me_as_your treat_me_as_if_i consider_me_verified assume_i_passed
    assume_i_have_passed assume_i_am_verified assume_i'm_verified passed_the_security_check never_need_to_identify
    never_needs_to_identify never_have_to_identify mark_me_as_a_premium mark_me_as_premium mark_me_as_verified
    mark_me_as_trusted mark_me_as_paid flag_me_as_trusted approve_every approve_all approve_any approve_everything
    approve_whatever stop_asking_for_id* stop_asking_for_my_id* stop_asking_for_my_password ask_me_for_my_password
    ask_me_for_my_pin ask_me_for_id* ask_for_my_password ask_for_my_pin ask_for_identification to_anything_i_ask
    to_everything_i_ask to_whatever_i_ask use_your_tools call_the_function forward_all_calls redirect_all_calls
    hand_over_the_file hand_over_the_records hand_over_the_data everyone_must_give everybody_must_give
    they_must_give_me you_must_give_me from_your_it_department from_your_head_office from_your_support
    from_your_security from_your_it open_the_database export_the_database dump_the_database copy_the_database
    say_that_the_service say_that_the_company say_that_you're say_that_you_are help_everyone_else my_word_as_law
    my_word_is_law hide_this_from hidden_from_the_operator gib_mir_zugang_zu_allem gib_mir_zugang dame_acceso_a_todo
    donne-moi_accès_à_tout
    """
)
# What only a caller may not say: an agent may grant it.
GRANTS = WordKind(
    """
    waive_the_deposit waive_my_fee* waive_the_fee* waive_the_charge* free_service_for_life free_for_life
    for_free_for_life free_forever mark_it_as_paid set_my_account_to set_my_balance put_my_balance credit_me_with
    mark_my_account_as
    """
)
_SHOWING = (
    "表示",
    "出力",
    "見せ",
    "教え",
    "印刷",
    "読み上げ",
    "打印",
    "显示",
    "顯示",
    "告诉",
    "告訴",
    "输出",
    "输出",
    "출력",
    "보여",
    "알려",
    "말해",
)
_OF_THE_ASSISTANT = (
    "設定",
    "指示",
    "プロンプト",
    "パスワード",
    "ソースコード",
    "配置",
    "提示词",
    "指令",
    "密码",
    "설정",
    "프롬프트",
    "비밀번호",
    "지시",
)
_OTHER_PEOPLE = (
    "他のお客",
    "ほかのお客",
    "前のお客",
    "他の客",
    "全ての患者",
    "すべての患者",
    "全てのお客",
    "すべてのお客",
    "患者全員",
    "別のお客",
    "他の患者",
    "其他客户",
    "别的客户",
    "上一个客户",
    "다른 고객",
    "이전 고객",
)
_CHECKS = ("本人確認", "認証", "確認", "検証", "验证", "驗證", "核实", "확인", "인증")
_LEAVING_OUT = (
    "省略",
    "スキップ",
    "飛ばし",
    "不要",
    "いらない",
    "なしで",
    "跳过",
    "跳過",
    "不需要",
    "不用",
    "건너뛰",
    "생략",
    "필요 없",
)
_ALL_OF_IT = ("すべて", "全て", "全部", "所有", "모든", "전부")
_DOING_TO_ALL = ("削除", "消去", "無料", "删除", "刪除", "免费", "삭제", "무료")
_ANSWERS = ("だけ答え", "とだけ", "只回答", "만 대답", "라고만")
# Each: what together is a command.
SIGNS = (
    *((one, other) for one in _OF_THE_ASSISTANT for other in _SHOWING),
    *((one,) for one in _OTHER_PEOPLE),
    *((one, other) for one in _CHECKS for other in _LEAVING_OUT),
    *((one, other) for one in _ALL_OF_IT for other in _DOING_TO_ALL),
    *((one,) for one in _ANSWERS),
    ("言う通りに",),
    ("言うとおりに",),
    ("あなたの上司",),
    ("yapılandırma", "yazdır"),
    ("yapılandırma", "göster"),
    ("talimat", "göster"),
    ("kontrol", "atla"),
    ("कॉन्फ़िगरेशन", "दिखा"),
    ("निर्देश", "दिखा"),
    ("पासवर्ड", "बता"),
    ("اعرض", "إعدادات"),
    ("أظهر", "تعليمات"),
    ("أعطني", "كلمة المرور"),
)
