import Kernel
import Webhooks

extension WebhookNetwork: WebhookTargets {
    public func check(_ url: String, pointer: String) async throws(Fault) {
        try await check(try WebhookURL(url, pointer: pointer), pointer: pointer)
    }
}

extension DeliveryOutcome {
    init(_ outcome: WebhookOutcome) {
        switch outcome {
        case .answered(let status, let retryAfter):
            self = .answered(status: status, retryAfter: retryAfter)
        case .failed(.notSent): self = .notTried(reason: WebhookFailure.notSent.rawValue)
        case .failed(let failure): self = .failed(reason: failure.rawValue)
        }
    }
}
