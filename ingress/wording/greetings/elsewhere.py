"""
The greetings in languages beyond those of Europe.

In the polite form, as `european` has them. Where a language puts courtesy behind a name (Japanese, Korean, Hindi), the
template has it.
"""
# ruff: noqa: RUF001 - Chinese and Japanese have signs of their own

from ingress.wording.greetings.template import Template, of_parts

ELSEWHERE: dict[str, Template] = {
    "ar": of_parts(
        "ar",
        named="أهلاً بكم من جديد يا {name}!",
        unnamed="أهلاً بكم من جديد!",
        help_="كيف يمكننا مساعدتكم اليوم؟",
        parcel="هل تتصلون بخصوص الطرد؟",
        appointment="هل تتصلون بخصوص الموعد؟",
        order="هل تتصلون بخصوص الطلب؟",
        repair="هل تتصلون بخصوص الإصلاح؟",
        outbound="مرحباً بكم! هل لديكم لحظة للحديث؟",
    ),
    "hi": of_parts(
        "hi",
        named="{name} जी, आपका फिर से स्वागत है!",
        unnamed="आपका फिर से स्वागत है!",
        help_="आज हम आपकी क्या सहायता कर सकते हैं?",
        parcel="क्या यह आपके पार्सल के बारे में है?",
        appointment="क्या यह आपके अपॉइंटमेंट के बारे में है?",
        order="क्या यह आपके ऑर्डर के बारे में है?",
        repair="क्या यह मरम्मत के बारे में है?",
        outbound="नमस्ते! क्या अभी आपसे थोड़ी बात हो सकती है?",
    ),
    "id": of_parts(
        "id",
        named="Selamat datang kembali, {name}!",
        unnamed="Selamat datang kembali!",
        help_="Ada yang bisa kami bantu hari ini?",
        parcel="Apakah ini mengenai paket Anda?",
        appointment="Apakah ini mengenai janji temu Anda?",
        order="Apakah ini mengenai pesanan Anda?",
        repair="Apakah ini mengenai perbaikan Anda?",
        outbound="Halo! Apakah Anda punya waktu sebentar?",
    ),
    "ja": of_parts(
        "ja",
        named="{name}様、いつもお電話ありがとうございます。",
        unnamed="いつもお電話ありがとうございます。",
        help_="本日はどのようなご用件でしょうか？",
        parcel="お荷物の件でしょうか？",
        appointment="ご予約の件でしょうか？",
        order="ご注文の件でしょうか？",
        repair="修理の件でしょうか？",
        outbound="お世話になっております。今、少しお時間よろしいでしょうか？",
    ),
    "ko": of_parts(
        "ko",
        named="{name}님, 다시 전화 주셔서 감사합니다.",
        unnamed="다시 전화 주셔서 감사합니다.",
        help_="오늘은 무엇을 도와드릴까요?",
        parcel="택배 건으로 전화 주셨나요?",
        appointment="예약 건으로 전화 주셨나요?",
        order="주문 건으로 전화 주셨나요?",
        repair="수리 건으로 전화 주셨나요?",
        outbound="안녕하세요. 지금 잠시 통화 괜찮으신가요?",
    ),
    "vi": of_parts(
        "vi",
        named="Xin chào quý khách {name}, cảm ơn quý khách đã gọi lại!",
        unnamed="Xin chào quý khách, cảm ơn quý khách đã gọi lại!",
        help_="Hôm nay tôi có thể giúp gì cho quý khách?",
        parcel="Quý khách gọi về kiện hàng phải không?",
        appointment="Quý khách gọi về lịch hẹn phải không?",
        order="Quý khách gọi về đơn hàng phải không?",
        repair="Quý khách gọi về việc sửa chữa phải không?",
        outbound="Xin chào quý khách! Quý khách có tiện nói chuyện bây giờ không?",
    ),
    "zh": of_parts(
        "zh",
        named="{name}您好，欢迎再次来电！",
        unnamed="您好，欢迎再次来电！",
        help_="请问今天有什么可以帮您？",
        parcel="请问是关于包裹的事吗？",
        appointment="请问是关于预约的事吗？",
        order="请问是关于订单的事吗？",
        repair="请问是关于维修的事吗？",
        outbound="您好！请问您现在方便说话吗？",
    ),
    "zh-hant": of_parts(
        "zh-hant",
        named="{name}您好，歡迎再次來電！",
        unnamed="您好，歡迎再次來電！",
        help_="請問今天有什麼可以幫您？",
        parcel="請問是關於包裹的事嗎？",
        appointment="請問是關於預約的事嗎？",
        order="請問是關於訂單的事嗎？",
        repair="請問是關於維修的事嗎？",
        outbound="您好！請問您現在方便說話嗎？",
    ),
}
# Where Chinese is written in traditional characters, a tag may say so by the place alone.
ELSEWHERE |= {f"zh-{place}": ELSEWHERE["zh-hant"] for place in ("tw", "hk", "mo")}
