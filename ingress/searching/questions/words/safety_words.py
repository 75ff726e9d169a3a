"""
The words of questions whose answer may hurt somebody if it is wrong, in the nine languages.

Each word also stands for those that begin like it, see `safety`. They are also looked for beside such a question.
"""

from projector.domain.facts.told.word_list import words

SAFETY_WORDS = {
    "allergy": {
        "en": "allergy allergies allergic anaphylaxis intolerance intolerant hypersensitive",
        "de": "Allergie Allergien allergisch Allergiker Unverträglichkeit vertrage überempfindlich Intoleranz",
        "es": "alergia alergias alérgico alérgica intolerancia intolerante anafilaxia",
        "fr": "allergie allergies allergique intolérance intolérant anaphylaxie",
        "it": "allergia allergie allergico allergica intolleranza intollerante anafilassi",
        "nl": "allergie allergieën allergisch intolerantie overgevoelig",
        "pl": "alergia alergie uczulenie uczulony uczulona nietolerancja",
        "pt": "alergia alergias alérgico alérgica intolerância intolerante anafilaxia",
        "sv": "allergi allergier allergisk intolerans överkänslig anafylaxi",
    },
    "medicine": {
        "en": """
            medication meds medicine medicines drug drugs tablet tablets pill pills prescription dose dosage
            antibiotic painkiller insulin anticoagulant thinners vaccine vaccinated overdose contraindication
        """,
        "de": """
            Medikament Medikamente Arznei Arzneimittel Tabletten Rezept Dosis Dosierung Antibiotikum Schmerzmittel
            Insulin Blutverdünner Impfung geimpft Spritze
        """,
        "es": """
            medicación medicamento medicamentos medicina fármaco pastillas receta dosis antibiótico analgésico
            insulina anticoagulante vacuna vacunado
        """,
        "fr": """
            médicament médicaments traitement comprimés ordonnance dose posologie antibiotique antidouleur insuline
            anticoagulant vaccin vacciné
        """,
        "it": """
            farmaco farmaci medicina medicine medicinali pastiglie compresse ricetta dose dosaggio antibiotico
            antidolorifico insulina anticoagulante vaccino vaccinato
        """,
        "nl": """
            medicatie medicijn medicijnen geneesmiddel tabletten pillen recept dosis dosering antibiotica pijnstiller
            insuline bloedverdunner vaccin gevaccineerd
        """,
        "pl": """
            lek leki leków lekarstwo lekarstwa tabletki recepta dawka dawkowanie antybiotyk przeciwbólowy insulina
            przeciwzakrzepowe szczepionka szczepienie
        """,
        "pt": """
            medicação medicamento medicamentos remédio remédios comprimidos receita dose dosagem antibiótico
            analgésico insulina anticoagulante vacina vacinado
        """,
        "sv": """
            medicin mediciner läkemedel tabletter piller recept dos dosering antibiotika smärtstillande insulin
            blodförtunnande vaccin vaccinerad
        """,
    },
    "illness": {
        "en": """
            illness disease condition conditions diagnosis diabetes diabetic epilepsy epileptic seizure asthma
            pregnant pregnancy pacemaker stroke cardiac surgery disability dementia emergency ill sick sickness chronic
            injury injuries injured symptom symptoms dietary
        """,
        "de": """
            Krankheit Erkrankung Vorerkrankung Diagnose Diabetes Diabetiker Epilepsie Anfall Asthma schwanger
            Schwangerschaft Herzschrittmacher Schlaganfall Behinderung Demenz Notfall krank chronisch verletzt
            Verletzung Symptome
        """,
        "es": """
            enfermedad diagnóstico diabetes diabético epilepsia convulsiones asma embarazada embarazo marcapasos ictus
            discapacidad demencia emergencia urgencia enfermo enferma herido herida crónico crónica síntomas
        """,
        "fr": """
            maladie diagnostic diabète diabétique épilepsie crise asthme enceinte grossesse stimulateur handicap
            démence urgence malade blessé blessée blessure chronique symptômes
        """,
        "it": """
            malattia patologia diagnosi diabete diabetico epilessia convulsioni asma incinta gravidanza pacemaker
            ictus disabilità demenza emergenza malato malata ferito cronico cronica sintomi
        """,
        "nl": """
            ziekte aandoening diagnose diabetes epilepsie aanval astma zwanger zwangerschap pacemaker beroerte
            handicap dementie noodgeval ziek gewond letsel chronisch symptomen
        """,
        "pl": """
            choroba choroby diagnoza rozpoznanie cukrzyca epilepsja padaczka astma ciąża rozrusznik udar
            niepełnosprawność demencja nagły chory chora ranny przewlekła przewlekły objawy
        """,
        "pt": """
            doença diagnóstico diabetes diabético epilepsia convulsões asma grávida gravidez marcapasso deficiência
            demência emergência urgência doente ferido crônico crônica sintomas
        """,
        "sv": """
            sjukdom diagnos diabetes epilepsi anfall astma gravid graviditet pacemaker stroke funktionsnedsättning
            demens nödsituation sjuk kronisk symtom
        """,
    },
    "threat": {
        "en": """
            threat threats threaten threatened violence violent weapon abuse abusive harass harassment stalking
            suicide suicidal self-harm danger dangerous restraining safeguarding
        """,
        "de": """
            Drohung Drohungen gedroht bedroht Gewalt gewalttätig Waffe Missbrauch belästigt Belästigung Stalking
            Suizid suizidal Selbstmord Selbstverletzung Gefahr gefährlich
        """,
        "es": """
            amenaza amenazas amenazado amenazó violencia violento arma abuso maltrato acoso suicidio suicida
            autolesión peligro peligroso
        """,
        "fr": """
            menace menaces menacé violence violent arme abus maltraitance harcèlement suicide suicidaire
            automutilation danger dangereux
        """,
        "it": """
            minaccia minacce minacciato violenza violento arma abuso maltrattamento molestie suicidio suicida
            autolesionismo pericolo pericoloso
        """,
        "nl": """
            bedreiging bedreigingen bedreigd dreigde geweld gewelddadig wapen misbruik mishandeling intimidatie
            stalking zelfmoord suïcide gevaar gevaarlijk
        """,
        "pl": """
            groźba groźby groził groziła przemoc agresywny broń nękanie znęcanie samobójstwo samobójcze
            samookaleczenie niebezpieczeństwo niebezpieczny
        """,
        "pt": """
            ameaça ameaças ameaçou violência violento arma abuso agressão assédio suicídio suicida automutilação
            perigo perigoso
        """,
        "sv": """
            hot hotat hotade hotelse våld våldsam vapen misshandel övergrepp trakasserier stalkning självmord suicid
            självskada fara farlig
        """,
    },
    "consent": {
        "en": """
            consent consents consented permission permit authorise authorize authorised authorized authorisation
            authorization opt-out unsubscribe revoke revoked withdraw withdrawn gdpr privacy guardian recorded
            recording
        """,
        "de": """
            Einwilligung eingewilligt Zustimmung zugestimmt Einverständnis einverstanden Erlaubnis erlaubt Widerspruch
            widerrufen Vollmacht Datenschutz Betreuer aufgezeichnet Aufzeichnung
        """,
        "es": """
            consentimiento consiente consintió permiso autoriza autorización autorizado revocar revocó privacidad
            tutor grabación grabada
        """,
        "fr": """
            consentement consent consenti permission autorisation autorisé autorise révoqué retiré confidentialité
            tuteur enregistrement enregistré
        """,
        "it": """
            consenso acconsente acconsentito permesso autorizzazione autorizzato autorizza revocato revoca privacy
            tutore registrazione registrata
        """,
        "nl": """
            toestemming toegestemd instemming akkoord machtiging gemachtigd ingetrokken privacy voogd opname opgenomen
        """,
        "pl": """
            zgoda zgodę zgody zgodził zgodziła pozwolenie upoważnienie upoważniony wycofał wycofała prywatność opiekun
            nagranie nagrywanie
        """,
        "pt": """
            consentimento consente consentiu permissão autorização autorizado autoriza revogou privacidade tutor
            gravação gravada
        """,
        "sv": """
            samtycke samtyckt samtycker medgivande tillstånd tillåtelse godkänt återkallat fullmakt integritet
            förmyndare inspelning inspelat
        """,
    },
}

# They begin like one of these words, and ask for something else: a contract, the reception, a number plate.
SOMETHING_ELSE = words(
    """
    contract contracts contractor contracted contrat contrats contrato contratos contratto contratti reception
    receptionist register registers registered registration vertrag vertrags vertrages verträge verträgen
    """
)
# Who says so is not ill.
SICK_OF = ("sick of", "sick and tired of", "sick to death of", "insult to injury")
# What holds the sign of an illness or a medicine may be a place or a fault.
OTHER_SIGNS = (*("病院", "薬局", "農薬", "药店", "药房", "藥局", "毛病", "ilaclama", "रोगी"),)
# In languages beyond the nine that are called in. Where nothing parts words a sign stands anywhere; elsewhere a word
# begins so.
SAFETY_SIGNS = {
    "allergy": "アレルギー 过敏 過敏 알레르기 एलर्जी حساسي alerji",
    "medicine": "薬 药 藥 투약 복용 처방 दवा أدوية دواء ilaç antibiyotik",
    "illness": (
        "病 妊娠 怀孕 懷孕 症状 身体状况 질병 병력 임신 지병 증상 बीमारी मधुमेह गर्भवती रोग مرض حامل سكري hastal hamile"
    ),
    "threat": "脅迫 暴力 威胁 威脅 협박 폭력 धमकी हिंसा تهديد عنف tehdit şiddet",
    "consent": "同意 許可 授权 授權 录音 録音 透露 동의 허락 녹음 सहमति अनुमति रिकॉर्ड موافقة إذن تسجيل izin onay",
}
