import Contract
import Kernel

/// The delivery of an event to one webhook, with its latest attempt.
public struct DeliveryDetailsBody: Codable, Sendable, Equatable {
    public let delivery: DeliveryBody
    @OrNull public var request: DeliveryRequestBody?
    @OrNull public var response: DeliveryResponseBody?

    public init(
        _ delivery: DeliveryBody, request: DeliveryRequestBody?, response: DeliveryResponseBody?
    ) {
        self.delivery = delivery
        _request = OrNull(wrappedValue: request)
        _response = OrNull(wrappedValue: response)
    }

    private enum CodingKeys: String, CodingKey {
        case request, response
    }

    /// The delivery's members are its own.
    public init(from decoder: any Decoder) throws {
        delivery = try DeliveryBody(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        _request = try container.decode(OrNull<DeliveryRequestBody>.self, forKey: .request)
        _response = try container.decode(OrNull<DeliveryResponseBody>.self, forKey: .response)
    }

    public func encode(to encoder: any Encoder) throws {
        try delivery.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(_request, forKey: .request)
        try container.encode(_response, forKey: .response)
    }
}

/// What was sent to a receiver.
public struct DeliveryRequestBody: Codable, Sendable, Equatable {
    public let url: String
    public let sentAt: Timestamp
    public let headers: [DeliveryHeaderBody]
    public let body: String

    public init(url: String, sentAt: Timestamp, headers: [DeliveryHeaderBody], body: String) {
        self.url = url
        self.sentAt = sentAt
        self.headers = headers
        self.body = body
    }

    enum CodingKeys: String, CodingKey {
        case url
        case sentAt = "sent_at"
        case headers, body
    }
}

/// What a receiver returned.
public struct DeliveryResponseBody: Codable, Sendable, Equatable {
    public let status: Int
    public let headers: [DeliveryHeaderBody]
    public let body: String
    public let isTruncated: Bool
    public let durationMs: Int

    public init(
        status: Int, headers: [DeliveryHeaderBody], body: String, isTruncated: Bool,
        durationMs: Int
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isTruncated = isTruncated
        self.durationMs = durationMs
    }

    enum CodingKeys: String, CodingKey {
        case status, headers, body
        case isTruncated = "is_truncated"
        case durationMs = "duration_ms"
    }
}

/// A header field of a message or of the response to it.
public struct DeliveryHeaderBody: Codable, Sendable, Equatable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
