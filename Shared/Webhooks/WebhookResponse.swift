import HTTPCore

/// What a receiver returned, as far as the webhook's owner can see it.
public struct WebhookResponse: Sendable, Equatable {
    /// Bytes of the body that are kept.
    public static let maximumBody = 4_096
    /// Unicode scalars of a field's value that are kept.
    static let maximumValue = 256
    /// Fields that explain a failure; others could hold what is nobody's business.
    private static let shown = [
        "content-type", "location", "retry-after", "server", "www-authenticate",
    ]

    /// A header field.
    public struct Header: Sendable, Equatable {
        /// In lower case.
        public let name: String
        /// At most 256 characters of it.
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The HTTP status.
    public let status: Int
    /// Each name once.
    public let headers: [Header]
    /// Its beginning.
    public let body: [UInt8]
    /// Whether there was more of it, or the rest didn't arrive in time.
    public let isTruncated: Bool

    public init(status: Int, headers: [Header] = [], body: [UInt8] = [], isTruncated: Bool = false)
    {
        self.status = status
        self.headers = headers
        self.body = body
        self.isTruncated = isTruncated
    }

    /// - Parameter isWhole: whether `body` is all of it.
    init(status: Int, fields: FieldList, body: [UInt8], isWhole: Bool) {
        var headers: [Header] = []
        for field in fields.fields {
            let name = fields.name(of: field).lowercased()
            guard Self.shown.contains(name), !headers.contains(where: { $0.name == name }) else {
                continue
            }
            let value = fields.value(of: field).unicodeScalars.prefix(Self.maximumValue)
            headers.append(Header(name, String(String.UnicodeScalarView(value))))
        }
        self.init(
            status: status, headers: headers, body: Array(body.prefix(Self.maximumBody)),
            isTruncated: !isWhole || body.count > Self.maximumBody)
    }

    /// The body as text: what isn't UTF-8 is replaced. A character that was cut in two is left out.
    public var text: String {
        String(decoding: isTruncated ? body.dropLast(cutBytes) : body[...], as: UTF8.self)
    }

    /// How many bytes at the end begin a character whose other bytes are missing.
    private var cutBytes: Int {
        let tail = body.suffix(3)
        guard let lead = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return 0 }
        let length =
            switch tail[lead] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        let present = tail.endIndex - lead
        return present < length ? present : 0
    }
}

/// What an attempt led to.
public struct WebhookResult: Sendable, Equatable {
    /// Whether it succeeded.
    public let outcome: WebhookOutcome
    /// nil if there was none.
    public let response: WebhookResponse?

    public init(_ outcome: WebhookOutcome, response: WebhookResponse? = nil) {
        self.outcome = outcome
        self.response = response
    }
}
