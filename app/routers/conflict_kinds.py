"""Why an order that is well formed cannot be carried out (409): slug, title and fix of every kind."""

from __future__ import annotations

from app.rules.policy import Words

CONFLICT_WORDS: tuple[tuple[str, Words, Words], ...] = (
    (
        "not-allowed-now",
        Words("当前状态不允许", "Not allowed in this status"),
        Words(
            "application_status 是当前状态，allowed_actions 是现在可做的操作。",
            "`application_status` is where it stands, `allowed_actions` what can be done now.",
        ),
    ),
    (
        "incomplete",
        Words("材料不全，无法判定", "Facts are missing"),
        Words(
            "errors 的 pointer 指向申请中还需填写的事实；用 PATCH 补上后再提交。",
            "The pointers of `errors` name the facts of the application that are still needed: PATCH, then submit.",
        ),
    ),
    (
        "not-eligible",
        Words("各项措施均不符合条件", "Nothing is eligible"),
        Words(
            "measures 给出每项措施的理由。若需要正式的不予批准决定，请以 insist: true 提交。",
            "`measures` gives the reasons. To ask for a formal refusal all the same, submit with `insist: true`.",
        ),
    ),
    (
        "assessment-changed",
        Words("评估结果已变化", "The assessment has changed"),
        Words(
            "difference 列出变化；新的评估已保存。重新读取申请，按新的金额决定。",
            "`difference` lists what changed; the new assessment is kept. Read the application again and decide on it.",
        ),
    ),
    (
        "cap-exceeded",
        Words("超出限额", "More than the cap leaves"),
        Words(
            "减少金额，或不予该项；最近一次评估的 limits 列出限额、已用和剩余。",
            "Grant less, or decline the award: the `limits` of the latest assessment say the cap, what is used and "
            "what is left.",
        ),
    ),
    (
        "not-allotted",
        Words("尚未分配到预算或名额", "No share of the budget or the places"),
        Words(
            "预算或名额由所有申请人分配：先用 POST /v1/allocations 分配，只能批准最近一次分配给予的申请和金额。",
            "All applicants share the budget or the places of this measure: run POST /v1/allocations first; only what "
            "the latest run grants can be approved.",
        ),
    ),
    (
        "already-awarded",
        Words("不能重复给予", "Awarded already"),
        Words(
            "同一单位、同一项目或同一对象的奖励已给予；不予该项后再批准其余各项。",
            "The same thing was awarded before, here or to somebody else: decline this award and approve the others.",
        ),
    ),
    (
        "same-person",
        Words("须由不同的人办理", "For another person"),
        Words(
            "受理、审批、支付由不同的人办理；请由另一人进行此操作。",
            "Accepting, approving and paying are for different persons; let another one do this.",
        ),
    ),
    (
        "outside-window",
        Words("不在申报期内", "Outside the window"),
        Words("window 给出申报期。", "`window` gives the days on which applications are taken."),
    ),
    (
        "public-notice-open",
        Words("公示尚未结束", "The public notice is still open"),
        Words("last_day 是公示最后一日，次日起可进行。", "`last_day` is its last day; go on from the next."),
    ),
    (
        "objection-open",
        Words("有未处理的异议", "An objection is open"),
        Words("先用 resolve 处理各项异议。", "Resolve every objection first."),
    ),
    (
        "on-hold",
        Words("已暂缓", "On hold"),
        Words("on_hold 说明原因；resume 解除。", "`on_hold` says why; `resume` lifts it."),
    ),
    (
        "payment-held",
        Words("按条文暂缓支付", "Held back by the text"),
        Words(
            "awards 列出条文暂缓支付的奖励及原因；原因消除后再支付，或由管理员用 override 记录一次放行。",
            "`awards` says which awards the text holds back, and why: pay once the reason is gone, or have an "
            "administrator record one override.",
        ),
    ),
    (
        "instalment-not-due",
        Words("下一期尚未到期", "The next instalment is not due"),
        Words(
            "awards 列出下一期的条件和到期日；到期后再支付，或由管理员核实后用 override 记录一次放行。",
            "`awards` says what the next instalment waits for, and from which day on: pay then, or have an "
            "administrator who has seen that it is met record one override.",
        ),
    ),
    (
        "debt-open",
        Words("有未归还的款项", "A debt is open"),
        Words(
            "先追回（recover）或核销（write-off）该单位的欠款。",
            "Recover or write off what the organisation owes first.",
        ),
    ),
    (
        "records-stale",
        Words("名单记录过期", "Lists were not read lately"),
        Words(
            "lists 中的名单须先查询并登记：PUT /v1/joint-punishment/lists/{list}。",
            "Read the lists in `lists` and say so: PUT /v1/joint-punishment/lists/{list}.",
        ),
    ),
    (
        "excluded",
        Words("存在排除情形", "An exclusion holds"),
        Words(
            "支付前再次核对时发现排除情形（失信名单或同一项目）；管理员可用 override 记录一次放行。",
            "Looked at again before payment, an exclusion holds. An administrator may record one override.",
        ),
    ),
    (
        "duplicate-ref",
        Words("external_ref 重复", "The external_ref is taken"),
        Words("application 是使用该编号的申请。", "`application` names the one that has it."),
    ),
    (
        "reference-used",
        Words("凭证号重复", "The reference is taken"),
        Words("每笔付款、每笔追回用各自的凭证号。", "Every payment and recovery has a reference of its own."),
    ),
    (
        "ledger-keys-moved",
        Words("台账的键不一致", "The ledger keys do not go together"),
        Words(
            "同一措施在各版本中用同一台账键；改名时在 succeeds 中写明旧键，见 docs/policy-packs.md（The ledger）。",
            "A measure has one ledger key in all versions; one that is renamed names the old key under `succeeds`: see "
            "The ledger in docs/policy-packs.md.",
        ),
    ),
    (
        "nothing-to-roll-back",
        Words("没有可撤回的发布", "Nothing to take back"),
        Words(
            "GET /v1/policies/{policy}/publications 列出已发布和已撤回的；服务自带的政策包不在其中。",
            "GET /v1/policies/{policy}/publications lists what was published and taken back; the packs that the "
            "service came with are not among them.",
        ),
    ),
    (
        "conflict",
        Words("与现有数据冲突", "In conflict with what is there"),
        Words("detail 说明冲突所在。", "`detail` says with what."),
    ),
)
