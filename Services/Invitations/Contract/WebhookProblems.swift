import Contract
import Kernel

/// Why a request about webhooks is refused.
public enum WebhookProblems {
    public static let tooMany = ProblemType.conflict(
        "too_many_webhooks", "A user can have at most \(WebhookLimits.perUser) webhooks.")
    public static let notOrganizationAdmin = ProblemType.forbidden(
        "organization_admin_required",
        "Only owners and admins of the organization receive its events.")
    public static let tooManyRotations = ProblemType.conflict(
        "too_many_rotations",
        "\(WebhookLimits.secrets) secrets of the webhook are valid. Wait until one expires.")
    public static let testPending = ProblemType.conflict(
        "test_pending", "A test of this webhook is already pending.")
    public static let disabled = ProblemType.conflict(
        "webhook_disabled", "The webhook is disabled. Enable it first.")
    public static let tooManyDeliveries = ProblemType.conflict(
        "too_many_deliveries",
        "\(WebhookLimits.waiting) deliveries of this webhook are pending. Try again when there are "
            + "fewer.")
    public static let eventsExpired = ProblemType(
        .gone, "events_expired",
        "Events after this sequence were deleted, because they were kept long enough. Read what "
            + "you have anew, and continue with the sequence that `detail` names.")
    public static let hostsBusy = ProblemType.unavailable(
        "webhook_hosts_busy", "Too many host names are being looked up. Try again in a moment.")
}
