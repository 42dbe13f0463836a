"""The one table from error codes to HTTP statuses and words.

Source: codes and statuses of the domain are those of the command vocabulary; the others are ours.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Problem:
    """How one code is told."""

    status: int
    """HTTP status."""
    title: str
    """Short Chinese name, the same at every occurrence."""
    title_en: str
    detail: str = ""
    """Chinese sentence with `{fact}` blanks; where a fact is missing the title stands alone."""
    detail_en: str = ""
    retry_after_s: int | None = None
    """Answered as Retry-After unless the refusal names another number of seconds."""


_EDGE: Final = {
    "unauthenticated": Problem(
        401,
        "未登录或令牌无效",
        "Not authenticated",
        "请在 Authorization 头中提供有效的访问令牌。",
        "Send a valid access token in the Authorization header.",
    ),
    "token_expired": Problem(
        401, "令牌已过期", "Token expired", "请重新登录后再试。", "Obtain a new access token and repeat the request."
    ),
    "malformed_json": Problem(
        400,
        "请求体不是合法的 JSON",
        "Malformed JSON",
        "请求体须为 UTF-8 编码的 JSON。",
        "The body must be JSON encoded in UTF-8.",
    ),
    "idempotency_key_missing": Problem(
        400,
        "缺少 Idempotency-Key",
        "Idempotency-Key missing",
        "每个 POST 请求须带 Idempotency-Key 头，重试时使用同一个值。",
        "Every POST needs an Idempotency-Key header; repeat it unchanged when retrying.",
    ),
    "idempotency_key_invalid": Problem(
        400,
        "Idempotency-Key 无效",
        "Idempotency-Key invalid",
        "须为 1 至 200 个可见 ASCII 字符。",
        "It must be 1 to 200 visible ASCII characters.",
    ),
    "if_match_invalid": Problem(
        400,
        "If-Match 无效",
        "If-Match invalid",
        '须为流位置整数，例如 "42"。',
        'It must be a stream position, e.g. "42".',
    ),
    "positions_invalid": Problem(
        400,
        "Casetrail-Positions 无效",
        "Casetrail-Positions invalid",
        "格式为 服务:位置，以逗号分隔，例如 intake:42, media:7。",
        "The form is service:position, separated by commas, e.g. intake:42, media:7.",
    ),
    "cursor_invalid": Problem(
        400,
        "分页游标无效",
        "Cursor invalid",
        "请原样使用上一页返回的 next。",
        "Use the value of `next` of the page before, unchanged.",
    ),
    "body_too_large": Problem(
        413, "请求体过大", "Body too large", "请求体不得超过 {limit_bytes} 字节。", "The limit is {limit_bytes} bytes."
    ),
    "unsupported_media_type": Problem(
        415,
        "不支持的媒体类型",
        "Unsupported media type",
        "请以 application/json 发送请求体。",
        "Send the body as application/json.",
    ),
    "method_not_allowed": Problem(405, "不支持的请求方法", "Method not allowed"),
    "field_missing": Problem(
        422,
        "参数缺失或有误",
        "A field is missing or wrong",
        "请更正 errors 所列字段。",
        "Correct the fields listed under `errors`.",
    ),
    "text_not_storable": Problem(
        422,
        "文本含有无法保存的字符",
        "Text holds characters that cannot be stored",
        "文本不得含有 U+0000 或孤立的代理字符。",
        "Text must not hold U+0000 or lone surrogates.",
    ),
    "not_found": Problem(404, "未找到", "Not found", "{id} 不存在。", "{id} does not exist."),
    "role_not_allowed": Problem(
        403,
        "角色无权执行该操作",
        "Role not allowed",
        "该操作须由下列角色之一执行：{roles}。",
        "This needs one of the roles: {roles}.",
    ),
    "idempotency_conflict": Problem(
        422,
        "Idempotency-Key 已用于另一请求",
        "Idempotency-Key already used for another request",
        "请为新请求使用新的 Idempotency-Key。",
        "Use a new Idempotency-Key for a new request.",
    ),
    "stale": Problem(
        409,
        "内容已被他人更新",
        "Stale",
        "当前位置为 {actual}；请重新读取后再提交。",
        "It now stands at {actual}; read it again and decide anew.",
    ),
    "not_caught_up": Problem(
        409,
        "尚未同步其他服务的最新事实",
        "Not caught up",
        "请稍后以同一 Idempotency-Key 重试。",
        "Repeat the request shortly with the same Idempotency-Key.",
        retry_after_s=1,
    ),
    "form_submitted": Problem(
        409,
        "审批单已提交审核",
        "Form already submitted",
        "请通过 {link} 对该审批单签署意见。",
        "Give the opinion at {link}.",
    ),
    "unavailable": Problem(
        503,
        "服务暂不可用",
        "Temporarily unavailable",
        "请稍后以同一 Idempotency-Key 重试。",
        "Repeat the request shortly with the same Idempotency-Key.",
        retry_after_s=2,
    ),
    "issuer_unavailable": Problem(
        503,
        "无法取得令牌签发方的公钥",
        "Keys of the token issuer unavailable",
        "请稍后重试。",
        "Repeat the request shortly.",
        retry_after_s=5,
    ),
    "upstream_unavailable": Problem(
        502,
        "后端服务未响应",
        "A service behind the gateway does not answer",
        "服务 {service} 未响应，请稍后以同一 Idempotency-Key 重试。",
        "Service {service} does not answer; repeat the request shortly with the same Idempotency-Key.",
        retry_after_s=2,
    ),
    "internal_error": Problem(
        500,
        "内部错误",
        "Internal error",
        "请将 instance 中的编号告知管理员。",
        "Tell the administrator the number given as `instance`.",
    ),
}
"""What any route may answer."""

_TEST_CLOCK: Final = {
    "clock_not_allowed": Problem(
        403,
        "未启用测试时钟",
        "Test clock not enabled",
        "仅测试环境可设置时钟。",
        "Only a test environment can set the clock.",
    ),
    "clock_goes_back": Problem(
        409, "时钟不得回拨", "The clock never goes back", "时钟现为 {now}。", "The clock stands at {now}."
    ),
    "clock_blocked": Problem(
        503,
        "有事实被搁置，时钟无法推进",
        "The clock is held up by a parked fact",
        "服务 {service} 搁置了流 {stream}；请先重试或处理被搁置的事实。",
        "Service {service} has parked stream {stream}; retry the parked facts first.",
        retry_after_s=5,
    ),
    "clock_not_settled": Problem(
        503,
        "系统未能达到静止",
        "Not settled",
        "仍待处理：{waiting}。",
        "Still waiting for: {waiting}.",
        retry_after_s=5,
    ),
}

_QUALIFICATION: Final = {
    "officer_not_qualified": Problem(
        403,
        "执法证件无效",
        "Officer not qualified",
        "人员 {person} 当日没有有效的执法证件。",
        "Person {person} held no valid certificate on that day.",
    ),
    "self_custody": Problem(
        403,
        "录制人不得自行保管音像资料",
        "The recorder may not keep the recording",
        "请指定他人为保管人。",
        "Name another person as custodian.",
    ),
    "unregistered_storage": Problem(
        403,
        "存储介质未登记",
        "Storage not registered",
        "{repository} 未登记，请使用已登记的存储。",
        "Use a registered repository; {repository} is not one.",
    ),
    "worm_protected": Problem(
        403,
        "原始记录不得修改或删除",
        "Originals may not be changed or deleted",
        "该行为已记录；更正请新增记录。",
        "The attempt was recorded; correct by adding a record.",
    ),
}
"""Who may, and what nobody may."""

_CASE: Final = {
    "transition_not_allowed": Problem(
        409,
        "案件当前状态不允许该操作",
        "Transition not allowed",
        "当前状态：{state}。",
        "The present state is {state}.",
    ),
    "conduct_type_out_of_scope": Problem(
        422, "执法行为类型不在适用规定范围内", "Conduct type outside the regulation in force"
    ),
    "initiation_not_approved": Problem(409, "尚未批准立案", "Initiation not approved"),
    "measure_not_approved": Problem(409, "措施未经机关负责人批准", "Measure not approved by the head"),
    "demand_not_served": Problem(409, "催告书尚未送达", "Demand not served"),
    "legal_opinion_missing": Problem(409, "缺少法制审核意见", "Legal opinion missing"),
    "legal_review_missing": Problem(409, "未经法制审核", "Legal review missing"),
    "head_or_collective_missing": Problem(
        409, "未经机关负责人审批或集体讨论", "Approval by the head or collective discussion missing"
    ),
    "head_approval_missing": Problem(409, "未经机关负责人审批", "Approval by the head missing"),
    "head_signature_missing": Problem(422, "缺少机关负责人签名", "Signature of the head missing"),
    "seal_missing": Problem(422, "对外文书未加盖印章", "Seal missing on an outward document"),
    "issue_date_missing": Problem(422, "对外文书缺少日期", "Date of issue missing on an outward document"),
    "refusal_needs_two_officers": Problem(422, "拒签须有两名执法人员注明", "A refusal must be noted by two officers"),
    "interruption_needs_two_officers": Problem(
        422, "录制中断说明须有两名执法人员签名", "An interruption statement needs two officers"
    ),
    "reason_required": Problem(422, "须注明理由", "A reason is required"),
}
"""What the course of a case demands."""

_RECORDS: Final = {
    "exception_not_available": Problem(
        422, "适用规定无此存储例外", "The regulation in force knows no such storage exception"
    ),
    "access_not_approved": Problem(403, "查阅未经批准", "Access not approved"),
    "head_approval_required": Problem(403, "须经机关负责人批准", "Approval by the head required"),
    "head_consent_required": Problem(403, "须经机关负责人同意", "Consent of the head required"),
    "copy_not_approved": Problem(403, "复制未经批准", "Copying not approved"),
    "disclosure_not_approved": Problem(403, "对外提供未经批准", "Disclosure not approved"),
    "classified_no_clearance": Problem(403, "涉密资料，无相应权限", "Classified, and no clearance"),
    "retention_locked": Problem(
        409,
        "保管期限不得缩短",
        "Retention is locked",
        "已有应当长期保存的情形，须按 {retention_class} 保管。",
        "A situation that a rule names has occurred: it is kept as {retention_class}.",
    ),
    "relax_not_allowed": Problem(
        422,
        "无上位依据不得放宽要求",
        "Relaxing needs a law, regulation or rule that allows it",
        "{file} 的 {rule} 将 {parameter} 放宽，或未确认更严；请改严，或由法律、法规、规章作出。",
        "{rule} of {file} relaxes {parameter}, or does not confirm to be stricter; make it stricter, or have a law, "
        "regulation or rule say so.",
    ),
    "pack_faulty": Problem(
        422,
        "规则包有误，不能启用",
        "The pack has faults and cannot be used",
        "{file} 有误：\n{faults}",
        "{file} has faults:\n{faults}",
    ),
    "pack_version_taken": Problem(
        409,
        "该版本已启用且内容不同",
        "This version is loaded with other content",
        "{pack} 已启用，判定以版本为据；请使用新的版本号。",
        "{pack} is loaded, and findings cite it; give the changed pack another version.",
    ),
    "effective_date_required": Problem(422, "规则包缺少施行日期", "The pack has no date of entry into force"),
    "pack_out_of_scope": Problem(
        422,
        "规则包不适用于本机关",
        "The pack does not bind this agency",
        "{pack} 仅适用于{province}的机关。",
        "{pack} binds only agencies in {province}.",
    ),
    "retention_class_unknown": Problem(
        422,
        "保管期限表中没有该类别",
        "Retention class unknown",
        "本机关的保管期限表中没有 {retention_class}，请先设置。",
        "The retention table of the agency has no class {retention_class}; set it first.",
    ),
    "as_of_ahead": Problem(
        422,
        "查询时点尚未到来",
        "The instant asked about is still ahead",
        "as_of 不得晚于当前时间 {now}。",
        "`as_of` may not be later than the present time {now}.",
    ),
    "dossier_not_ready": Problem(
        409,
        "案卷尚未形成",
        "The dossier is not made yet",
        "{id} 仍在整理，请稍后再试。",
        "{id} is being made; repeat the request shortly.",
        retry_after_s=2,
    ),
    "upload_incomplete": Problem(
        409,
        "文件尚未上传完整",
        "Upload incomplete",
        "第 {file} 个文件已收到 {parts} 个分块，请续传后再完成。",
        "Of file {file}, {parts} parts have arrived; send the rest, then complete.",
    ),
    "files_unlike_segments": Problem(
        422,
        "文件数与录制段数不符",
        "As many files as segments are asked for",
        "本次记录共 {segments} 段，每段一个文件；申报了 {files} 个。",
        "The session has {segments} segments, one file each; {files} files were declared.",
    ),
    "upload_rejected": Problem(
        409,
        "上传内容与申报不符",
        "What arrived is not what was declared",
        "上传 {upload} 的内容与申报的 SHA-256 不符，未予入库，已予清除。",
        "The bytes of upload {upload} differ from the declared SHA-256; they were not stored and are removed.",
    ),
    "range_not_satisfiable": Problem(
        416,
        "请求的字节范围无效",
        "Range not satisfiable",
        "该文件共 {size_bytes} 字节。",
        "The file has {size_bytes} bytes.",
    ),
}
"""What guards the records."""

PROBLEMS: Final[dict[str, Problem]] = _EDGE | _TEST_CLOCK | _QUALIFICATION | _CASE | _RECORDS
"""Every code that is answered over HTTP."""

CODE_OF_STATUS: Final = {
    400: "malformed_json",
    401: "unauthenticated",
    403: "role_not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "field_missing",
    503: "unavailable",
}
"""How refusals that the web framework raises by itself are named."""

RULE_REFUSAL: Final = Problem(409, "不符合现行规定", "Not allowed by the regulation in force")
"""For codes that only a rule pack names: law is data, so the table cannot know them all."""
