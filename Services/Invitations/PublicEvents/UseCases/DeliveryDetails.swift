import Kernel
import Webhooks

/// The latest attempt of a delivery. Its message follows from the event, which never changes.
struct DeliveryAttempt: Sendable, Equatable {
    let url: String
    /// The time that was signed.
    let at: Timestamp
    /// Until the response was read.
    let milliseconds: Int
    /// nil if there was none.
    let response: WebhookResponse?
}

/// A delivery with all that is known about it.
struct DeliveryDetails: Sendable, Equatable {
    let delivery: Delivery
    let event: PublicEvent
    /// nil before the first, and for deliveries that ended before attempts were stored.
    let attempt: DeliveryAttempt?
}
