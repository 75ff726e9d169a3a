"""Of what and of whom a command speaks, in the languages of greetings."""

# ruff: noqa: RUF001 - words of many alphabets
from projector.domain.facts.told.word_kinds import WordKind

YOURS = WordKind(
    """
    twoim twoją twoimi ihre ihren ihrer su sus suo sua suoi seu seus твои your yours dein deine deinen deinem
    deiner deines euer eure euren tu tus tuyo vuestro vuestra vuestras vuestros ton ta tes votre vos twój twoja
    twoje swój swoje swoją swoja swoich tuo tua tue tuoi vostro vostra vostri vostre teu teus tuas suas vosso
    vossa je jouw jullie uw din ditt dina er ert era твой твою свой свою свои senin
    """
)
# What an assistant is made of. Of the caller's own devices there are some, too: these are not `your`.
INSIDES = WordKind(
    """
    config* konfig* setting* einstell* ajustes parámetros paramètr* réglages ustawie* impostazion* instelling*
    inställning* yapılandır* ayar* настройк* конфиг* configura* prompt* instruction* anweis* consigne* istruz*
    instruk* polece* instrucci* instruç* instructie* instruktion* guideline* guardrail* rules regeln règles
    regras regels regole reglas zasady secrets secreto* geheim* memory memories memoria* speicher code código
    codice kod kode password* passwor* contraseñ* mot_de_passe hasł* wachtwoord* senha* lösenord* credential*
    token* variable* variablen tools werkzeug* training_data logs system_message system_prompt knowledge_base
    """
)
# What no caller has of their own.
SYSTEM_PARTS = WordKind(
    """
    the_password das_passwort la_contraseña le_mot_de_passe la_password a_senha het_wachtwoord lösenordet
    source_code quellcode quelltext código_fuente code_source codice_sorgente kod_źródłowy broncode källkod
    api_key api_keys api-key api_schlüssel system_prompt system_message systemprompt system_command
    systemkommando* systembefehl* systemanweisung* systemnachricht database datenbank base_de_datos bazę_danych
    baza_danych banco_de_dados databas hidden_instructions internal_rules regole_interne reglas_internas
    internal_instructions admin_password system_password contraseña_del_sistema keys_to_the_system all_variables
    all_the_variables list_of_customers list_of_callers list_of_patients customer_list mode_développeur
    secrets_you polecenia_systemowe what_you_were_told what_you_have_been_told what_you_were_given
    was_dir_gesagt_wurde lo_que_te_dijeron ce_qu'on_t'a_dit quello_che_ti_hanno_detto co_ci_powiedziano
    o_que_te_disseram secrets_you_hold
    """
)
OTHERS = WordKind(
    """
    jedem jeden jeder jede każdemu każdego każdy każdej ogni cada elke iedere varje каждого all_the all_your
    other others another other's another's previous last next every every_other all everybody everybody's
    everyone everyone's each any anderer anderen andere anderem letzten letzte letzter vorigen vorige vorherigen
    vorheriger nächsten aller alle allen otro otra otros otras anterior anteriores último todos_los todas_las
    autre autres précédent précédente précédents d'autres dernier tous_les toutes_les inny innych innego innej
    poprzedniego poprzedniej poprzedni ostatniego wszystkich altri altre altro altra degli_altri precedente
    ultimo tutti_i outro outra outros outras todos_os ander laatste andra annan förra senaste alla других
    другого предыдущего всех diğer önceki
    """
)
PEOPLE = WordKind(
    """
    caller* customer* client* patient* guest* user* subscriber* member* account_holder* people people's anrufer*
    kunde* kunden* gast gäste* nutzer* cliente* paciente* llamante* usuario* huésped* appelant* utilisateur*
    klient* pacjent* gośc* dzwoniąc* utente* utenti paziente* pazienti chiamant* ospit* utilizador* usuári*
    klant* patiënt* beller* gebruiker* kund kunden kunder uppring* användare клиент* пациент* müşteri*
    """
)
# Nobody who calls speaks so of themselves or of friends.
OTHER_CALLERS = WordKind(
    """
    last_caller* previous_caller* next_caller* other_caller* another_caller* every_caller* all_callers
    each_caller any_caller letzten_anrufer* vorigen_anrufer* nächsten_anrufer* alle_anrufer* everyone_who_calls
    everybody_who_calls anyone_who_calls whoever_called who_else_called called_before_me customer's_profile
    last_person_who_called vorige_beller volgende_beller andere_bellers
    """
)
DATA = WordKind(
    """
    trace traces complaint* data datas record* entries file files memory memories note notes log logs account*
    customer* caller* appointment* booking* profile* daten datensätze einträge akten konten kunden termine datos
    registros expedientes cuentas clientes citas données dossiers comptes clients dane danych rekordy wpisy
    konta klientów dati dati* registri conti clienti dados contas gegevens rekeningen klanten uppgifter poster
    konton kunder данные записи prices price history
    """
)
GUARDS = WordKind(
    """
    the_checks checks verification* identification authentication identity_check* identity security_check*
    security_question* security_filter* security_procedure* security_controls safety_filter* safety_check*
    safety_rule* content_filter* the_pin pin_check your_checks restrictions your_limits safeguards guardrails
    passcode who_i_am a_check a_password the_password id_check* your_security your_safety the_identification
    die_prüfung prüfungen sicherheitsprüfung* identitätsprüfung* identifizierung verifizierung authentifizierung
    die_kontrolle sicherheitsabfrage* sicherheitsfilter sicherheitsvorkehr* meine_identität la_verificación
    verificación las_verificaciones verificaciones los_controles filtros_de_seguridad autenticación
    identificación identificarme la_vérification vérification les_vérifications vérifications
    contrôles_de_sécurité les_contrôles l'authentification l'identification filtres_de_sécurité
    procédure_de_sécurité weryfikac* zabezpiecze* kontroli_tożsamości identyfikac* uwierzytelni*
    sprawdzania_tożsamości la_verifica i_controlli le_verifiche controlli_di_sicurezza filtri_di_sicurezza
    l'autenticazione l'identificazione a_verificação verificação filtros_de_segurança a_identificação
    identificação autenticação os_controles de_controle de_beveiliging beveiliging verificatie identificatie
    de_verificatie kontrollen säkerhetskontroll* verifiering* identifiering* säkerheten проверк* kontrolleri
    kontrolü doğrulama*
    """
)
WEAK_GUARDS = WordKind(
    """
    passwor* contraseñ* mot_de_passe hasł* senha wachtwoord* lösenord* verificación vérification verifizierung
    check checks control controls prüfung kontrolle überprüfung contrôle contrôles kontrola kontroli sprawdzaj
    controllo verifica identificação controle kontroll identification identificatie password pin id proof
    """
)
OF_ME = WordKind(
    """
    me who_i_am my_identity my_id mich wer_ich_bin meine_identität que_me mi_identidad quién_soy moi
    mon_identité qui_je_suis mnie mojej_tożsamości moją_tożsamość la_mia_identità chi_sono minha_identidade
    quem_sou mij mijn_identiteit wie_ik_ben mig min_identitet vem_jag_är meiner_identität
    """
)
RANKS = WordKind(
    """
    head chief rank leiter* geschäftsleiter* jefa i_own_this i_own_the_company i_own_your äger_företaget
    diese_firma_gehört_mir ceo boss owner director manager supervisor president chairman founder chef chefin
    geschäftsführer* inhaber* eigentümer* vorstand direktor* leiter leiterin vorgesetzt* jefe dueño dueña
    director* directora propietari* gerente patron patronne pdg directeur directrice gérant* propriétaire
    prezes* szef* właściciel* dyrektor* kierownik* capo titolare direttore direttrice amministratore
    proprietari* dono dona diretor* chefe proprietári* baas eigenaar* vd ägare ägar* директор* начальник*
    владелец müdür*
    """
)
# Who would be above an assistant, or have made it.
MASTERS = WordKind(
    """
    начальник* директор* szefem head boss ceo manager supervisor director owner president developer* engineer
    programmer creator maker master superior employer admin* chief trainer founder operator it_department
    head_office support_team it_support chef chefin vorgesetzt* entwickler* schöpfer* besitzer* programmierer*
    meister jefe jefa creador* desarrollador* dueño dueña amo patron créateur développeur maître szef* twórc*
    programist* kierownik* capo creatore sviluppatore padrone chefe criador* desenvolvedor* dono baas
    ontwikkelaar* skapare utvecklare ägare
    """
)
UTTERANCES = WordKind(
    """
    answer* sentence* reply replies response* message question* satz antwort* frage* frase* respuesta* pregunta*
    phrase* réponse* zdanie zdania odpowiedź frase rispost* domand* resposta* pergunta* zin antwoord* vraag
    mening svar fråga request* anything_i everything_i
    """
)
MODES = WordKind(
    """
    debug_mode maintenance_mode developer_mode test_mode admin_mode god_mode root_mode diagnostic_mode
    unrestricted_mode developer_options admin_console admin_panel admin_shell debug_console developer_console
    debugmodus wartungsmodus testmodus entwicklermodus modo_debug modo_desarrollador modo_mantenimiento
    mode_debug mode_développeur mode_maintenance tryb_debugowania tryb_serwisowy tryb_deweloper* modalità_debug
    modalità_sviluppatore modo_desenvolvedor modo_de_manutenção debugläge utvecklarläge ontwikkelmodus
    """
)
PROGRAMS = WordKind(
    """
    command commands script query function_delete the_function this_code code shell befehl* skript comando*
    script* commande* polecen* skrypt* commando kommando*
    """
)
ME = WordKind(
    """
    me us mir uns nos moi nous mi mnie mij ons mig oss
    """
)
FREE = WordKind(
    """
    free for_free for_nothing gratis umsonst kostenlos gratuit* gratuitement za_darmo darmowe de_graça
    """
)
FREELY = WordKind(
    """
    upgrade nights service* room rooms membership stay meal* for_nothing
    """
)
WHAT_IS_NOT_THEIRS = WordKind(
    """
    everything all any_account every priority confidential secret other people's neighbour's neighbor's anyone's
    alles alle allen todo todas todos tout toutes tous wszystko wszystkich tutto tutti tudo allt alla
    """
)
MONEY = WordKind(
    """
    dollar* pound* euro* bucks franken francs złotych kronor reais pesos money geld dinero argent pieniądze
    soldi dinheiro pengar
    """
)
TO_ME = WordKind(
    """
    to_me to_my_account an_mich auf_mein_konto mir a_mi_cuenta sur_mon_compte na_moje_konto sul_mio_conto
    na_minha_conta op_mijn_rekening till_mitt_konto
    """
)
# What a caller may ask of themselves alone.
DETAILS = WordKind(
    """
    noms nombres nazwisk* imion* nomi nomes namnen namn имен* фамили* data number* address* name names phone*
    record* invoice* card cards bill bills file files details information info secrets account* appointment*
    email* password* history diagnos* balance* daten nummer* adresse* rechnung* telefon* namen akte akten
    angaben datos número* dirección direcciones teléfono* factura* expediente* información données numéro*
    adresses téléphone* facture* dossier* coordonnées dane danych numer* adres* faktur* kartotek* dati indirizzo
    indirizzi numero telefono fattura fatture cartella dados endereço* telefone* fatura* gegevens facturen
    uppgift* numret adress* fakturor journal* адрес* номер* данные телефон*
    """
)
SUMS = WordKind(
    """
    fattur* rachun* bolett* factur* compte price* balance* bill bills fee fees invoice* preis* rechnung* saldo
    konto precio* factura* prix solde facture* cen* prezz* conto preço* fatura* prijs prijzen rekening pris*
    faktur*
    """
)
ZERO = WordKind(
    """
    zero nothing nil null cero zéro zera noll nul
    """
)
FOR_NOTHING = WordKind(
    """
    for_nothing for_free gratis umsonst kostenlos gratuitement gratuitamente za_darmo de_graça
    """
)
WHATEVER = WordKind(
    """
    everything anything any_file any_record any_account any_data alles todo tout wszystko tutto tudo allt всё
    """
)
RULES = WordKind(
    """
    rules policies limits fees charges regeln gebühren reglas límites règles limites zasady limity regole limiti
    regras regels regler
    """
)
YOU = WordKind(
    """
    you du sie tú usted tu vous ty pan pani lei você je u ni
    """
)
IDENTITY = WordKind(
    """
    pin id ids identification identificación identité identity password* passwort* contraseña mot_de_passe
    ausweis dowód hasł* documento documenti identiteit* wachtwoord senha legitimation lösenord* verification
    """
)
