import HTTPCore
import InvitationsContract
import Webhooks

extension DeliveryDetailsBody {
    init(_ details: DeliveryDetails) {
        self.init(
            DeliveryBody(details.delivery),
            request: details.attempt.map { DeliveryRequestBody($0, of: details.event) },
            response: details.attempt.flatMap { attempt in
                attempt.response.map { DeliveryResponseBody($0, after: attempt.milliseconds) }
            })
    }
}

extension DeliveryRequestBody {
    fileprivate init(_ attempt: DeliveryAttempt, of event: PublicEvent) {
        let fields = WebhookMessage.unsigned(
            id: event.id, timestamp: WebhookMessage.timestamp(of: attempt.at))
        self.init(
            url: attempt.url, sentAt: attempt.at,
            headers: fields.map { DeliveryHeaderBody(name: $0.name.lowercased(), value: $0.value) },
            body: event.json)
    }
}

extension DeliveryResponseBody {
    fileprivate init(_ response: WebhookResponse, after milliseconds: Int) {
        self.init(
            status: response.status,
            headers: response.headers.map { DeliveryHeaderBody(name: $0.name, value: $0.value) },
            body: response.text, isTruncated: response.isTruncated, durationMs: milliseconds)
    }
}
