import FoundationEssentials

/// Calls an API on 127.0.0.1, with a connection for each call.
public struct APIClient: Sendable {
    public let port: UInt16

    public init(port: UInt16) { self.port = port }

    /// - Parameters:
    ///   - body: sent as JSON, unless `fields` name another type.
    ///   - fields: whole field lines, without their line ends.
    public func call(
        _ method: String, _ target: String, token: String? = nil, body: String? = nil,
        fields: [String] = []
    ) async throws -> RawResponse {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: test", "Connection: close"] + fields
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            if !fields.contains(where: { $0.lowercased().hasPrefix("content-type:") }) {
                lines.append("Content-Type: application/json")
            }
        }
        let request = lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
        return try await send(request, toHead: method == "HEAD")
    }

    /// Sends a whole request as it is.
    public func send(_ request: String, toHead: Bool = false) async throws -> RawResponse {
        try await blocking { [port] in
            let client = try RawClient(port: port)
            defer { client.close() }
            try client.send(request)
            return try client.response(toHead: toHead)
        }
    }
}

/// Any JSON, to look into answers.
public enum JSONValue: Decodable, Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Nil for what is no JSON.
    public init?(_ bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            return nil
        }
        self = value
    }

    public subscript(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    public subscript(_ index: Int) -> JSONValue? {
        if case .array(let items) = self, items.indices.contains(index) {
            items[index]
        } else {
            nil
        }
    }

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var int: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
    public var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    public var names: [String] {
        if case .object(let members) = self { members.keys.sorted() } else { [] }
    }
}

extension RawResponse {
    public var json: JSONValue? { JSONValue(body) }

    /// A member of the body, if it is a string.
    public subscript(_ name: String) -> String? { json?[name]?.string }

    /// A problem's code.
    public var code: String? { self["code"] }

    /// The pointers of a problem's errors.
    public var pointers: [String] {
        json?["errors"]?.items.compactMap { error in
            error["pointer"]?.string ?? error["parameter"]?.string.map { "/" + $0 }
        } ?? []
    }
}
