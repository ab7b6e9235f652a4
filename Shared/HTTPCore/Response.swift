/// A whole response, as a handler gives it. The server adds Date, Content-Length and Connection.
public struct Response: Sendable {
    /// A header field.
    public struct Field: Sendable {
        /// In the spelling that is sent.
        public let name: String
        /// Without line ends.
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The HTTP status.
    public var status: Int
    /// All but Date, Connection and framing.
    public var fields: [Field]
    /// The whole body.
    public var body: [UInt8]

    public init(_ status: Int, fields: [Field] = [], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// - Parameter value: bytes outside visible ASCII, space and tab would be dropped on writing.
    public mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name, value))
    }

    /// The first value of a field; `name` in the case it was added with.
    public func value(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}
