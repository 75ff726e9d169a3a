"""
What holds a word of those against an offer, and says nothing against it: `see you later`, `if you could`.

Also what may itself be offered, and is taken by being said again: `Shall I hold it?` `Yes, hold it.`
"""

# ruff: noqa: RUF001 - words of many alphabets

from projector.domain.facts.told.word_kinds import WordKind

_HARMLESS = {
    "ar": "لو_سمحت لو_سمحتي لو_سمحتم لو_ممكن اذا_ممكن إذا_ممكن لو_تكرمت لو_تكرمتي اذا_سمحت إذا_سمحت",
    "cs": "pokud_možno pokud_to_jde jestli_můžu na_viděnou_později",
    "da": """
        hvis_det_er_muligt hvis_muligt hvis_det_kan hvis_det_er_okay hvis_du_vil ses_senere tales_senere som_jeg_sagde
    """,
    "de": """
        bis_später wie_gesagt eine_frage_noch noch_eine_frage wenn_das_geht wenn_es_geht wenn's_geht wenn_möglich
        wenn_sie_so_nett wenn_sie_so_lieb wenn_sie_so_freundlich wenn_ich_bitten falls_möglich günstiger_als_gedacht
        billiger_als_gedacht
    """,
    "en": """
        see_you_later speak_to_you_later talk_to_you_later speak_later talk_later can't_wait cannot_wait thanks_again
        thank_you_again same_again consider_it_done if_you_could if_you_can if_you_would if_you_don't_mind if_you_like
        if_that's_ok if_that's_okay if_that's_alright if_that's_all_right if_that's_possible if_possible
        if_it's_possible if_it's_no_trouble one_more_question one_last_question cheaper_than_i_thought hold_it_for
        hold_that_for hold_it_please
    """,
    "es": """
        hasta_luego nos_vemos_luego después_de si_puede_ser si_es_posible si_no_le_importa si_me_hace_el_favor
        como_le_he_dicho como_he_dicho como_dije como_le_dije
    """,
    "fi": "jos_mahdollista jos_sopii",
    "fr": """
        à_plus_tard vous_voir te_voir si_possible si_vous_voulez si_c'est_possible si_ça_ne_vous_dérange_pas comme_dit
        comme_j'ai_dit
    """,
    "hi": "अगर_हो_सके अगर_संभव_हो",
    "it": "a_dopo se_possibile se_è_possibile se_non_le_dispiace come_ho_detto come_detto",
    "nl": """
        tot_later als_het_kan als_dat_kan als_dat_mogelijk als_het_mogelijk als_u_wilt als_dat_zou_kunnen hetzelfde_als
        dezelfde_als zelfde_als net_als als_vorige als_vorig als_altijd
    """,
    "no": "hvis_det_er_mulig hvis_mulig hvis_det_går hvis_det_er_greit snakkes_senere ses_senere som_jeg_sa",
    "pl": "do_zobaczenia_później jeśli_można jeśli_to_możliwe jeśli_się_da jeżeli_można jak_mówiłam jak_mówiłem",
    "pt": """
        depois_de depois_da depois_do até_depois se_possível se_for_possível se_faz_favor como_disse
        como_eu_disse como_falei
    """,
    "ro": "dacă_se_poate dacă_este_posibil",
    "ru": """
        если_можно если_возможно если_не_трудно если_вас_не_затруднит как_и_говорили как_говорили как_я_говорил
        как_я_говорила
    """,
    "sv": "om_det_går om_möjligt om_ni_vill hörs_senare ses_senere ses_senare som_jag_sa som_sagt",
    "tr": "öğleden_sonra bundan_sonra sonra_görüş* tekrar_teşekkür* tekrar_sağ",
    "uk": "якщо_можна якщо_можливо якщо_не_важко як_і_казали",
}
HARMLESS = {language: WordKind(of_language) for language, of_language in _HARMLESS.items()}
# Who is asked whether to do these says yes in the same words.
OFFERED = WordKind(
    """
    hold cancel cancelled call_back call_you ring_back ring_you phone_back let_you_know
    stornieren storniere* absagen melde melden bescheid zurückrufen rufe_zurück
    annuler annulez rappelle rappellerai recontacte cancelar cancele cancela aviso annullare annulli richiamo richiamerò
    annuleren bel_terug terugbellen anulować oddzwonię zadzwonię avboka avbeställ ringer_tillbaka avbestil avbestill
    отмен* перезвон* сообщ* скасу* передзвон* повідом* iptal ararım dönerim إلغاء الغاء ألغي
    """
)
