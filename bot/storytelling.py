"""Events told in one Chinese line each, for terminals and transcripts."""

from bot.clock import BEIJING
from dialogs import events as e
from dialogs.phases import LOW_SPIRITS
from integrations.tickets.kinds import label

OUTCOMES: dict[e.Outcome, str] = {
    "complete": "问完了",
    "partial": "问了一部分",
    "break_off": "中断",
    "refused": "不愿意接受",
    "never_again": "要求不再来电",
    "callback": "约了再打",
    "wrong_person": "号码不对",
    "not_at_home": "人不在家",
    "to_person": "转人工",
    "red_flag": "紧急情况",
}
LEFT_OPEN: dict[e.OpenReason, str] = {
    "unknown": "不知道",
    "not_measured": "没有量",
    "refused": "不想说",
    "not_understood": "没听明白",
    "vague": "说不准",
    "full": "约满了",
}
SPEAKERS: dict[e.Speaker, str] = {"self": "本人", "relative": "家里人", "other": "别人", "unknown": "不清楚"}
LOOKUPS: dict[e.LookupKind, str] = {
    "job": "要问哪些话",
    "ticket": "工单编号",
    "tickets": "这一户的工单",
    "calls": "给这一户打过的电话",
    "broken_off": "上次没问完的",
    "identity": "号码和姓名对不对",
    "proof": "身份证后四位对不对",
    "worker": "找的是哪位网格员",
    "data": "登记册里记了什么",
    "places": "还有哪些名额",
    "place": "占一个名额",
    "this_line": "查这次通话的号码",
}
PROOFS: dict[e.ProofStep, str] = {"phone": "登记的电话", "name": "姓名", "id_tail": "身份证后四位", "place": "人在哪里"}
JOBS = {
    "register_return": "返乡登记",
    "book_appointment": "预约",
    "repair_request": "报修",
    "complaint": "投诉",
    "help_at_home": "上门帮忙",
    "correct_my_data": "改登记",
    "delete_my_data": "删除信息",
    "callback_me": "回电",
    "stop_calling": "不再来电",
    "ticket_status": "查办到哪了",
    "hear_my_data": "听登记的内容",
    "was_that_you": "问是不是我们打的",
    "resume_call": "接着上次说",
    "person": "找真人",
    "red_flag": "叫人来",
}
FLAG_CHECKED: dict[bool | None, str] = {True: "还在继续", False: "已经没事", None: "没有说清"}
TAKEN_BACK = "说现在不这么想了"  # of whoever was tired of living: somebody comes all the same
REFUSED = {"question": "不想答这个问题", "call": "不想接受", "always": "以后不要再打", "recording": "不要录音"}


def flag_checked(event: e.RedFlagChecked) -> str:
    """What the calm question after a danger brought out, in words."""
    return TAKEN_BACK if event.kind == LOW_SPIRITS and event.still is False else FLAG_CHECKED[event.still]


def told(event: e.AnyEvent) -> str:
    """What happened, in words."""
    match event:
        case e.UtteranceHeard():
            said = event.utterance
            words = said.text or (f"按键 {said.keys}" if said.keys else "（没出声）")
            return f"居民：{words}〔{event.act}〕"
        case e.AssistantSpoke():
            return "邻音：" + "".join(prompt.shown for prompt in event.prompts)
        case e.AnswerCaptured():
            return f"记下：{event.question}＝{event.shown}"
        case e.AnswerConfirmed():
            return f"确认：{event.question}"
        case e.AnswerWithdrawn():
            return f"收回：{event.question}"
        case e.QuestionLeftOpen():
            return f"没有答案：{event.question}（{LEFT_OPEN[event.reason]}）"
        case e.EscalationRaised():
            return f"上报：{label(event.kind)}"
        case e.RefusalHeard():
            return f"拒绝：{REFUSED[event.scope]}"
        case e.SessionEnded():
            return f"结束：{OUTCOMES[event.outcome]}"
        case _:
            return _told_of_course(event)


def _told_of_course(event: e.AnyEvent) -> str:
    match event:
        case e.SessionOpened():
            return "开始"
        case e.QuestionAsked():
            return f"提问：{event.question}" + (f"（第 {event.wording + 1} 种说法）" if event.wording else "")
        case e.AnswersReadBack():
            return f"复述：{'、'.join(event.questions)}"
        case e.RedFlagCheckAsked():
            return f"核实：{label(event.kind)}"
        case e.RedFlagChecked():
            return f"核实结果：{flag_checked(event)}"
        case e.NoticeExplainedAgain():
            return f"重讲：{event.question}"
        case e.CorrectionAsked():
            return "问哪一项说错了"
        case e.CallbackTimeAsked():
            return "问什么时候方便"
        case e.PutOffTakenBack():
            return "又能说了，接着问"
        case e.CallbackRequested():
            return f"约定再打：{event.due.astimezone(BEIJING):%m-%d %H:%M}"
        case e.WrongPartyReached():
            return "号码不对" if event.kind == "wrong_number" else "人不在家"
        case e.MoreTold():
            return "补充了刚才那件事"
        case e.PolicyQuestionAsked():
            return "问了社区才知道的事"
        case e.NotUnderstood():
            return "没出声" if event.silent else "没听明白"
        case e.WorkerMissed():
            return "对话进程没有回应"
        case e.SpeakerAsked():
            return "问现在是谁在说话"
        case e.SpeakerHeard():
            return f"说话的是：{SPEAKERS[event.speaker]}"
        case e.AdultAskedFor():
            return "请孩子叫大人来"
        case e.ReadBackPutOff():
            return f"等一下再复述：{'、'.join(event.questions)}"
        case e.SuspicionHeard():
            return "怀疑是骗子"
        case e.AnswerHeardRight():
            return f"没有听错：{event.question}"
        case e.AnswerBegun():
            return f"说了一半：{event.question}"
        case e.LookupAsked() | e.LookupAnswered() | e.JobWanted() | e.JobFinished():
            return _told_of_jobs(event)
        case e.ProofAsked():
            return f"问是谁：{PROOFS[event.step]}"
        case e.ProofGiven():
            return f"说了是谁：{PROOFS[event.step]}"
        case e.ProofWithheld():
            return "没说是谁"
        case e.JobPutOff():
            return f"还要办：{JOBS[event.job]}"
        case e.PartyAsked():
            return "问是不是这一家"
        case e.PartyHeard():
            return "是这一家"
        case e.WatchwordSaid():
            return "说了约好的暗号"
        case e.WatchwordWithheld():
            return "暗号没有说"
        case e.PaceChanged():
            return "说慢一点" if event.slower else "大声一点"
        case _:
            return type(event).__name__


def _told_of_jobs(event: e.LookupAsked | e.LookupAnswered | e.JobWanted | e.JobFinished) -> str:
    match event:
        case e.LookupAsked():
            return f"去查：{LOOKUPS[event.kind]}"
        case e.LookupAnswered():
            return f"{'查到了' if event.found else '没有查到'}：{LOOKUPS[event.kind]}"
        case e.JobWanted():
            return f"要办：{JOBS[event.job]}"
        case _:
            return f"办完：{JOBS[event.job]}"
