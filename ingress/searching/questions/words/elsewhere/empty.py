"""
What says nothing in particular in questions of six languages beyond the nine, as patterns; see `empty_words`.

Words go on in endings there, or nothing stands between them, so these are beginnings. What is left of a question is its
subject. It is better to leave one too many than one too few: what has a subject is looked for.
"""

_AR = r"""
    ماذا ما متى من لماذا لم كيف هل عم عما عن اين كان كانت يكون قال قالت قالوا ذكر ذكرت اراد ارادت يريد
    تريد طلب طلبت حدث حصل جرى اتصل اتصلت اتصال الاتصال اتصاله اتصالها مكالمة المكالمة مكالمته مكالمتها
    سبب السبب اسباب غرض الغرض موضوع الموضوع هو هي له لها به بها بنا معنا لنا معه معها في على الى التي
    الذي ان العميل العميلة المتصل المتصلة المريض المريضة سال سالت تحدث تحدثت تكلم تكلمت تواصل تواصلت
    ناقش ناقشنا تم شيء هناك قد وما هذا هذه مشكلة المشكلة شكوى الشكوى شكواه شكواها اشتكى اشتكت
"""
_TR = r"""
    ne neden nicin niye neler neyi neydi nedir neye nasil hangi kim ne\ icin ne\ zaman zaman sebep sebebi
    nedeni sebebi\w* nedeni\w* konu konusu\w* konus\w* dedi\w* soyle\w* iste\w* sor(?:du|mus)\w*
    aradi\w* arama\w* arami\w* aramis\w* gorus\w* bahset\w* anlat\w* oldu\w* olmus\w* vardi bize bizi
    bizimle biz o onu onun hakkinda ile ve da de musteri\w* hasta\w* arayan\w* telefon telefonda etti\w*
    mi mu gec\w* iletisime ulas\w* talep\w* sikayet\w* sorun\w* problem\w* ihtiyac\w*
"""
_HI = r"""
    क्या क्यों कब कैसे किस कौन कौन\ सी कहा कही बताया बताई पूछा पूछी चाहा चाहती चाहता चाहिए मांगा माँगा
    मांगी हुआ हुई हुए था थी थे है हैं ने को का की के में से पर वह वे उसने उसकी उसका उसके उन्होंने उनकी
    उनका उनके उन्हें उसे इसने जब तब तो और ही भी फोन फ़ोन कॉल बात बातचीत किया की करने करके कारण वजह विषय
    बारे लिए हमें हमसे हमारे संपर्क ग्राहक मरीज कॉलर समस्या शिकायत अनुरोध मांग ज़रूरत जरूरत
"""
# Of Japanese the grammar too, character by character.
_JA = r"""
    何[がをにとのか]? なに なん なぜ どうして どんな どう いつ どのような 電話 お電話 通話 連絡
    問い?合わせ 会話 相談 用件 理由 目的 内容 要件 話題 話 言い?[っわいま]? 話し?[まてた]?
    聞[いきか] 尋ね 希望 求め 要望 依頼 頼[みんま] 望[みんま] 伝え 述べ 苦情 問題 不満 文句
    要求 お?客様?[がはのをに]? 顧客 患者 彼女 彼 本人 その人 こと 件 時 とき 際 私たち 当社
    あり?ました[かが]? ありま でした です ました ますか ましたか して し た か は が を に で
    と の も て い き く れ な ん ら っ ま す せ よ う え ね 出来事 起[こき] あっ
"""
_KO = r"""
    무엇\w* 뭐\w* 무슨 왜 언제 어떤 어떻게 어디\w* 누가 전화\w* 통화\w* 연락\w*
    상담\w* 문의\w* 이유\w* 용건\w* 내용\w* 목적\w* 주제\w* 말\w{0,5}
    얘기\w* 이야기\w* 원하\w* 원했\w* 요청\w* 요구\w* 물어\w* 물었\w* 부탁\w*
    필요\w* 불만\w* 불평\w* 문제\w* 있었\w* 있나\w* 일이 일은 일 했\w* 하셨\w*
    한 것\w* 거\w{0,3} 때 때\w* 고객\w* 환자\w* 그 그는 그가 그녀\w* 그분\w*
    님\w* 대해\w* 대한 관해\w* 관한 우리\w* 저희\w* 에게 라고 고 였나요 이었나요
    었나요 나요 까 무엇이었\w* 에 에서 은 는 이 가 을 를 의 으로
"""
_ZH = r"""
    什么 为什么 为何 为了 为 怎么 哪些 哪个 何时 什么时候 谁 打电话 打来 来电 电话 致电 通话
    联系 沟通 谈话 对话 原因 理由 目的 事情 事 内容 话题 主题 说了? 讲了? 提到 提了 问了?
    谈了? 聊了? 要求了? 要求 请求 想要 想 需要 要 投诉 抱怨 反映 问题 不满 发生 有 是 的 了
    在 时 时候 我们 和 跟 给 对 向 关于 他 她 您 你 它 客户 顾客 来电者 用户 患者 病人 中
    里 次 那 过 呢 吗 啊 到
"""
EMPTY_ELSEWHERE = {
    language: tuple(word.replace("_", r"\s+") for word in words.replace("\\ ", "_").split())
    for language, words in {"ar": _AR, "hi": _HI, "ja": _JA, "ko": _KO, "tr": _TR, "zh": _ZH}.items()
}
