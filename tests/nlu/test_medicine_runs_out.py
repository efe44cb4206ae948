"""Medicine that runs out is heard where it is named in one clause and counted in another; a new box is no want."""

import pytest

from nlu.red_flags import find_red_flags


@pytest.mark.parametrize(
    "said",
    [
        "俺那降糖哩药，叫二甲……二甲啥胍，瓶底儿就剩俩了，将够今儿个吃",
        "我那胰岛素，打完今儿晚上这针可就见底了",
        "通血管的药，叫阿司匹啥，早起倒出来一看，瓶儿空了",
        "我吃的那个优甲什么，甲状腺的，瓶子里只剩两粒了，我脚崴了，配不了药",
        "我那治糖尿病的二甲什么胍，今儿早上倒出来就一粒了，刚好够今天",
        "我吃的那个血压药，叫啥子沙坦，昨晚黑就断顿了",
        "胰岛素笔芯就剩最后一支了，打到明天",
        "平喘的喷雾药，今早喷完了，配不了",
        "我那糖尿病的药，就够吃到今儿晚上了",
        "我那个帕金森的药，美多巴，只有今日这一颗哒，崽在外头打工，冇人去医院帮我开",
        "我那控心率的，板子上一颗都不剩了，前天起就没吃上",
    ],
)
def test_it_is_heard_over_several_clauses(said: str) -> None:
    assert "no_medicine" in {flag.kind for flag in find_red_flags(said)}


@pytest.mark.parametrize(
    "said",
    [
        "药上个礼拜吃完了，昨天又开了一个月的",
        "感冒药吃完了就好了",
        "眼药水滴完了，不疼了",
        "降压药还有两盒，吃不完",
        "降压药够吃到今年年底",
        "那体温表叫孙子摔了",
        "把药罐子给摔了，碗也让他摔了",
    ],
)
def test_a_new_box_and_a_broken_thing_are_no_danger(said: str) -> None:
    assert not find_red_flags(said)
