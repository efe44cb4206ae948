"""Every setting, with its default. Set them as LINYIN_… in the environment or in the file `linyin.env`."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsInvalid

ROOT = Path(__file__).parents[1]


class Settings(BaseSettings):
    """How this installation runs. All paths are relative to the folder of the program."""

    model_config = SettingsConfigDict(env_prefix="LINYIN_", env_file=ROOT / "linyin.env", extra="ignore")

    data: Path = Field(ROOT / "var", description="数据文件夹：数据库、模型、导出的表格")
    database_url: str = Field("", description="数据库地址；不填就用数据文件夹里的 SQLite")
    key_file: Path | None = Field(None, description="密钥文件；不填就用数据文件夹里的 keys/linyin.key")
    host: str = Field("127.0.0.1", description="控制台监听的地址")
    port: int = Field(8000, ge=1, le=65535, description="控制台监听的端口")
    workers: int = Field(2, ge=1, le=64, description="对话进程的个数，一般等于处理器核数")
    worker_port: int = Field(5105, ge=1024, le=65000, description="第一个对话进程的端口，其余依次加一；被占用时往后找")
    dialogue_addresses: str = Field(
        "", description="对话进程在别处时它们的地址，用逗号隔开，比如 http://10.0.0.5:5105；不填就自己启动"
    )
    dialogue_token: str = Field("", description="和别处的对话进程约好的口令，两边写一样的")
    dialogue_host: str = Field("127.0.0.1", description="只运行对话进程时监听的地址")
    name: str = Field("main", description="这个程序的名字；几个程序一起拨打时各起各的名字")
    record_calls: bool = Field(False, description="给通话录音；打开后，电话一接通就告诉居民")
    lines: int = Field(30, ge=1, le=5000, description="同时拨打的路数")
    community: str = Field("本社区", description="打电话时报的社区名称")
    callback_number: str = Field("", description="居民可以回拨核实的电话")
    emergency_number: str = Field(
        "", description="急事没有人接时，工作人员可以拨的电话（比如街道的值班电话），写在控制台的红条里"
    )
    model_folder: Path | None = Field(None, description="对话模型所在的文件夹；不填就用数据文件夹里的 model")
    telephony: Literal["loopback", "sip"] = Field(
        "loopback", description="电话线路：loopback 是本机模拟的居民，sip 是线路文件里的真线路"
    )
    trunks: Path | None = Field(None, description="线路文件；不填就用数据文件夹里的 trunks.yaml，写法见 docs/lines.md")
    recognisers: int = Field(1, ge=1, le=32, description="语音识别进程的个数；一个大约够同时说话的两三路")
    sms: Literal["off", "gateway", "aliyun", "tencent"] = Field(
        "off", description="短信：off 不发，gateway 自己的网关，aliyun 阿里云，tencent 腾讯云"
    )
    sms_url: str = Field("", description="短信网关的地址；阿里云、腾讯云不用填")
    sms_key: str = Field("", description="短信服务商的 AccessKey ID 或 SecretId")
    sms_secret: str = Field("", description="短信服务商的密钥，或网关的令牌")
    sms_app: str = Field("", description="腾讯云短信的应用编号")
    sms_sign: str = Field("", description="短信签名，比如 育林社区")
    sms_template: str = Field("", description="短信模板的编号；模板里依次是回拨号码、短码，要发链接时再加链接")
    sms_worker_template: str = Field(
        "", description="告诉网格员有新工单的短信模板编号，模板里一处是工单号；阿里云、腾讯云不填就不发"
    )
    public_url: str = Field("", description="居民在家打得开的网址，比如 https://linyin.example.cn；短信里的链接用它")
    price_per_minute: float = Field(0.10, ge=0, description="一分钟话费多少元，估算用")
    price_per_message: float = Field(0.045, ge=0, description="一条短信多少元，估算用")

    @cached_property
    def url(self) -> str:
        """The database that is used."""
        return self.database_url or f"sqlite:///{self.data / 'linyin.db'}"

    @cached_property
    def keys(self) -> Path:
        """The key file that is used."""
        return self.key_file or self.data / "keys" / "linyin.key"

    @cached_property
    def model(self) -> Path:
        """The trained dialogue model."""
        return (self.model_folder or self.data / "model") / "linyin.tar.gz"

    @cached_property
    def trunks_file(self) -> Path:
        """The file of telephone lines."""
        return self.trunks or self.data / "trunks.yaml"

    @cached_property
    def worker_python(self) -> Path:
        """The interpreter of Rasa's environment."""
        return ROOT / ".venv-rasa" / "bin" / "python"


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsInvalid."""
    try:
        return Settings()  # type: ignore[call-arg]  # every field has a default
    except ValidationError as error:
        wrong = error.errors()[0]
        name = "LINYIN_" + "_".join(map(str, wrong["loc"])).upper()
        raise SettingsInvalid(f"设置 {name} 的值不对：{wrong['input']!r}。请看 docs/settings.md 改正。") from error
