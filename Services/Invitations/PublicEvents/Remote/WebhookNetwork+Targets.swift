import InvitationsContract
import Kernel
import Webhooks

extension WebhookNetwork: WebhookTargets {
    package func check(
        _ url: String, for owner: String, pointer: String
    ) async throws(Fault) {
        try await check(
            try WebhookURL(url, pointer: pointer), for: owner, pointer: pointer,
            busy: Fault(WebhookProblems.hostsBusy, retryAfter: 1))
    }
}

extension Webhook {
    /// The same for all spellings of its URL.
    var urlKey: String { (try? WebhookURL(url, pointer: ""))?.key ?? url }
}

extension DeliveryOutcome {
    init(_ outcome: WebhookOutcome) {
        switch outcome {
        case .answered(let status, let retryAfter):
            self = .answered(status: status, retryAfter: retryAfter)
        case .failed(let failure) where [.notSent, .busy].contains(failure):
            self = .notTried(reason: failure.rawValue)
        case .failed(let failure): self = .failed(reason: failure.rawValue)
        }
    }
}
