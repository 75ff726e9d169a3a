"""
The words of what no greeting speaks of, in each language in which we greet: health, money, complaints, other people.

An open matter that holds one of them is no topic. A word with a `*` also stands for those that begin like it. They are
chosen to hit rather once too often: a topic that is not named costs nothing.
"""

DELICATE_WORDS: dict[str, str] = {
    "ar": """
        فاتورة الفاتورة فواتير دفع الدفع مبلغ المبلغ استرداد المال مال رسوم الرسوم بنك البنك ديون دين شكوى الشكوى
        محامي مرض مريض مريضة دواء الدواء ألم عملية جراحية حامل حساسية علاج ابني ابنتي زوجتي زوجي أمي أبي أخي أختي
        والدتي والدي
    """,
    "da": """
        regning* faktura* betal* penge pris* refu* gebyr* gæld* konto* kredit* klage* advokat* læge* syg* medicin*
        smerte* operation* gravid* allergi* kræft* behandling* recept* min søn datter* mor far kone* mand* bror
        søster* barn børn ven veninde nabo*
    """,
    "de": """
        rechnung* zahl* bezahl* geld* preis* kosten* erstatt* rückzahl* gebühr* schuld* mahn* inkasso* konto* kredit*
        lastschrift* beschwer* reklam* anwalt* klage* krank* schmerz* medikament* arznei* rezept* operation* op
        schwanger* allergi* krebs* therap* diagnos* blut* hiv depress* sucht* sohn* tochter* mutter* vater* frau mann
        bruder* schwester* kind* freund* nachbar* kolleg* oma opa eltern* scheidung*
    """,
    "en": """
        invoice* bill bills billing billed pay pays paid paying payment* money price* cost* refund* charge* fee fees
        debt* owe owes owed credit* bank* account* loan* overdue cash compensat* discount* complain* lawyer* sue legal
        court fraud* theft stolen ill illness* sick* disease* pain* medic* prescri* pill* tablet* drug* dose* surger*
        surgical operation* pregnan* allerg* cancer* chemo* therap* diagnos* blood* hiv depress* addict* insulin
        pharmac* hospital* test results symptom* injur* wound* abort* psych* std infect* disab* divorc* affair*
        lawsuit angry furious upset disappoint* son daughter* mother father mom mum dad wife husband brother* sister*
        child* kid kids baby grand* aunt uncle cousin* nephew niece boyfriend girlfriend friend* neighbo* colleague*
        boss partner* ex parent* family roommate* tenant* landlord* he she his her him they them their
    """,
    "es": """
        factura* pago* pagar* pagado dinero precio* coste* costo* reembols* devoluci* cargo* cuota* deuda* debe
        cuenta* crédito* banco* queja* reclam* abogad* enferm* dolor* medic* receta* pastilla* operación cirug*
        embaraz* alerg* cáncer terapia* diagn* sangre vih hijo* hija* madre padre mujer esposa esposo marido herman*
        niño* niña* amig* vecin* abuel* novi*
    """,
    "fi": """
        lasku* maksu* maksa* raha* hinta* hinna* hyvity* palautu* velka* velko* tili* luotto* valitu* reklam* lakimie*
        asianaja* sairau* saira* kipu* kivu* lääk* resept* leikkau* raskau* allerg* syöpä* syövä* terapi* diagno*
        poikani tyttäreni äiti* isä* vaimo* mieheni aviomie* veljeni sisko* lapse* ystäv* naapuri*
    """,
    "fr": """
        facture* paie* payer payé* argent prix coût* rembours* frais dette* compte* crédit* banque* plainte* réclam*
        avocat* malad* douleur* médic* ordonnance* opération* chirurg* enceinte grossesse* allerg* cancer* thérap*
        diagnos* sang vih fils fille mère père femme mari frère sœur soeur enfant* ami amie voisin* grand copain
        copine
    """,
    "hi": """
        बिल भुगतान पैसे पैसा रुपये कीमत रिफंड रिफ़ंड शुल्क कर्ज खाता बैंक शिकायत वकील बीमार बीमारी दर्द दवा दवाई ऑपरेशन
        सर्जरी गर्भवती एलर्जी कैंसर इलाज बेटा बेटे बेटी माँ मां पिता पत्नी पति भाई बहन बच्चा बच्चे दोस्त
    """,
    "hu": """
        számlá* számla* fizet* pénz* ár ára árat visszatér* díj* tartozás* adósság* hitel* bank* panasz* reklam*
        ügyvéd* beteg* fájdal* fáj* gyógyszer* recept* műtét* terhes* allergi* rák* terápi* diagnó* vér* fia fiam
        lánya lányom anya anyám apa apám feleség* férj* testvér* gyerek* gyermek* barát* szomszéd*
    """,
    "id": """
        tagihan* faktur* bayar* pembayaran* uang* harga* biaya* refund* pengembalian denda* utang* hutang* rekening*
        kredit* bank* keluhan* komplain* pengacara* sakit* penyakit* obat* resep* operasi* hamil* alergi* kanker*
        terapi* diagnos* anak* ibu* ayah* istri* suami* kakak* adik* teman* tetangga*
    """,
    "it": """
        fattur* pag* denaro soldi prezz* cost* rimbors* tariff* debit* conto conti credit* banc* reclam* lament*
        avvocat* malat* dolor* medic* farmac* ricett* operazion* chirurg* incinta gravidanz* allerg* cancro tumore
        terapi* diagnos* sangue figlio figlia figli madre padre moglie marito fratell* sorell* bambin* amic* vicin*
        nonn*
    """,
    "ja": """
        請求 支払 料金 返金 代金 お金 値段 費用 口座 借金 銀行 クレーム 苦情 弁護士 病気 痛 薬 処方 手術 妊娠
        アレルギー 癌 がん 治療 診断 検査 息子 娘 妻 夫 主人 母 父 兄 姉 弟 妹 子供 子ども 友人 友達
    """,
    "ko": """
        청구 결제 지불 요금 환불 돈 가격 비용 계좌 은행 대출 빚 불만 항의 변호사 병원 질병 아프 통증 약 처방 수술 임신
        알레르기 암 치료 진단 아들 딸 아내 남편 엄마 아빠 어머니 아버지 형 누나 오빠 언니 동생 아이 친구
    """,
    "nl": """
        factuur* facturen rekening* betal* geld* prijs* kosten* terugbetal* restitutie* schuld* krediet* bank* klacht*
        klag* advocaat* ziek* pijn* medicijn* medic* recept* operatie* zwanger* allerg* kanker* therap* diagnos*
        bloed* zoon* dochter* moeder* vader* vrouw man broer* zus* kind* vriend* buur* oma opa
    """,
    "no": """
        regning* faktura* betal* penger pris* refu* gebyr* gjeld* konto* kreditt* klag* advokat* lege* syk* medisin*
        smerte* operasjon* gravid* allergi* kreft* behandling* resept* sønn* datter* mor far kone* mann* bror søster*
        barn* venn* nabo*
    """,
    "pl": """
        faktur* rachun* płat* płac* zapłac* pienią* cen* koszt* zwrot* opłat* dług* zadłuż* kont* kredyt* bank* skarg*
        reklamac* prawnik* adwokat* chor* ból* boli lek leki leku leków recept* operac* ciąż* alerg* uczulen* rak
        terap* diagno* krew* krwi syn* córk* matk* mam* ojc* tat* żon* mąż męż* brat* siostr* dzieck* dzieci*
        przyjaci* sąsiad* babci* dziad*
    """,
    "pt": """
        fatura* pag* dinheiro preço* cust* reembols* taxa* dívida* conta contas crédito* banco* queixa* reclam*
        advogad* doen* dor dores medic* remédio* receita* cirurgi* operação grávid* gravidez alerg* câncer cancro
        terapia* diagn* sangue filho* filha* mãe pai esposa esposo marido mulher irmã* criança* amig* vizinh* avó avô
        namorad*
    """,
    "ro": """
        factur* plat* plăt* bani preț* cost* ramburs* tax* dator* cont contul credit* banc* plânger* reclam* avocat*
        boal* bolnav* durer* medic* rețet* operați* chirurg* însărcinat* alerg* cancer* terapi* diagnos* sânge fiul
        fiica mama tata soți* frate* sora copil* prieten* vecin*
    """,
    "ru": """
        счёт* счет* оплат* плат* деньг* цен* стоимост* возврат* комисси* долг* кредит* банк* жалоб* претензи* адвокат*
        юрист* болезн* болен больн* боль* болит лекарств* рецепт* операц* беремен* аллерг* рак рака терап* диагно*
        кров* сын* доч* мам* мать матер* отец отц* пап* жен* муж* брат* сестр* ребён* ребен* дет* друг* подруг* сосед*
    """,
    "sv": """
        faktur* räkning* betal* pengar pris* återbetal* avgift* skuld* konto* kredit* bank* klagomål* reklam* advokat*
        läkare* sjuk* smärt* medicin* läkemedel* recept* operation* gravid* allergi* cancer* behandling* son* dotter*
        mamma pappa mor far fru man bror syster* barn* vän* granne*
    """,
    "tr": """
        fatura* öde* para* fiyat* ücret* iade* masraf* borç* borc* hesab* hesap* kredi* banka* şikayet* şikâyet*
        avukat* hasta* hastalı* ağrı* ilaç* ilac* reçete* ameliyat* hamile* alerji* kanser* tedavi* teşhis* kan oğl*
        kız* anne* baba* eşi* karı* koca* kardeş* çocuk* çocuğ* arkadaş* komşu*
    """,  # noqa: RUF001 - letters of that language
    "uk": """
        рахун* оплат* плат* грош* цін* варт* поверненн* комісі* борг* кредит* банк* скарг* претензі* адвокат* юрист*
        хвор* біль* болит* лік* рецепт* операц* вагіт* алерг* рак раку терап* діагноз* кров* син* доньк* доч* мам*
        матір* батьк* тат* дружин* чоловік* брат* сестр* дитин* діт* друг* подруг* сусід*
    """,  # noqa: RUF001 - letters of that language
    "vi": """
        hóa đơn thanh toán tiền giá phí hoàn nợ tài khoản ngân tín dụng khiếu nại luật bệnh đau thuốc phẫu thai dị ứng
        ung thư chẩn con mẹ bố vợ chồng
    """,
    "zh": """
        账单 賬單 帳單 付款 支付 钱 錢 价格 價格 费用 費用 退款 债 債 账户 帳戶 银行 銀行 贷款 投诉 投訴 律师 律師 病
        疼 痛 药 藥 处方 處方 手术 手術 怀孕 懷孕 过敏 過敏 癌 治疗 治療 诊断 診斷 儿子 兒子 女儿 女兒 妻子 丈夫 妈妈
        媽媽 爸爸 母亲 母親 父亲 父親 哥哥 姐姐 弟弟 妹妹 孩子 朋友
    """,
}
