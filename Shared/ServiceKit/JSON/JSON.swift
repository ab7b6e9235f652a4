import Contract
import FoundationEssentials
import HTTPCore
import Kernel
import WriteKit

/// JSON as this product writes and reads it.
public enum JSON {
    /// Members in the order of their names, so that equal values are equal bytes.
    public static func encode(_ value: some Encodable) -> [UInt8] {
        // Wire types hold nothing that JSON can't: no NaN, no failing encoder of our own.
        guard let bytes = try? SortedJSON.encode(value) else {
            preconditionFailure("a wire type that is no JSON")
        }
        return bytes
    }

    /// As a string; members in the order of their names.
    public static func text(_ value: some Encodable) -> String {
        String(decoding: encode(value), as: UTF8.self)
    }

    /// Decodes what a client has sent, or another party that isn't ours.
    /// - Throws: `malformed_json` for what is no JSON; `validation_failed` with the JSON Pointer
    ///   of what is over `JSONLimits`, or of the first member that is missing or of the wrong kind.
    public static func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws(Fault) -> T {
        try decode(type, bytes, within: .request)
    }

    static func decode<T: Decodable>(
        _ type: T.Type, _ bytes: [UInt8], within limits: JSONLimits
    ) throws(Fault) -> T {
        if let value = plain(type, bytes, within: limits) { return value }
        try JSONSyntax.check(bytes, limits)
        return try decode(checked: type, bytes)
    }

    /// Decodes what `JSONSyntax` has checked.
    static func decode<T: Decodable>(checked type: T.Type, _ bytes: [UInt8]) throws(Fault) -> T {
        do {
            return try decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw fault(error)
        } catch {
            throw malformed
        }
    }

    private static func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            // The syntax is right, so it is a number that its type can't hold, at a place that
            // Foundation doesn't report it.
            return try JSONDecoder().decode(PlacedNumbers<T>.self, from: data).value
        }
    }

    /// The value, if its type reads itself and the bytes are plain: then there is nothing to check.
    static func plain<T: Decodable>(
        _ type: T.Type, _ bytes: [UInt8], within limits: JSONLimits
    ) -> T? {
        guard let quick = type as? any JSONByteReadable.Type else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var reader = JSONByteReader(
                bytes, items: limits.items, stringBytes: limits.stringBytes)
            let value = quick.init(from: &reader)
            return reader.isAtEnd ? value as? T : nil
        }
    }

    private static let malformed = Fault(ProblemType.malformedJSON, "The body is not valid JSON.")

    private static func fault(_ error: DecodingError) -> Fault {
        switch error {
        case .keyNotFound(let key, let context):
            return .invalid(pointer(context.codingPath + [key]), "is required")
        case .typeMismatch(let type, let context):
            return .invalid(pointer(context.codingPath), "must be \(kind(type))")
        case .valueNotFound(let type, let context):
            return .invalid(pointer(context.codingPath), "must be \(kind(type)), not null")
        case .dataCorrupted(let context):
            // Our own types say a rule; the library's text names types and repeats the value.
            let rule = context.debugDescription
            let isOurs = rule.hasPrefix("is ") || rule.hasPrefix("must ")
            return .invalid(
                pointer(context.codingPath), isOurs ? rule : "is not a value allowed here")
        @unknown default:
            return malformed
        }
    }

    /// RFC 6901; the empty pointer is the whole body.
    private static func pointer(_ path: [any CodingKey]) -> String {
        path.map { key in
            if let index = key.intValue { return "/\(index)" }
            return pointer(toMember: key.stringValue)
        }.joined()
    }

    static func pointer(toMember name: String) -> String {
        "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    private static func kind(_ type: Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "an array"
        default: String(describing: type).hasPrefix("Array") ? "an array" : "an object"
        }
    }
}

extension Response {
    /// 200 with `value`.
    public static func json(_ value: some Encodable) -> Response { json(200, value) }

    /// A response with a JSON body.
    public static func json(_ status: Int, _ value: some Encodable) -> Response {
        Response(
            status, fields: [Field("Content-Type", "application/json")], body: JSON.encode(value))
    }

    /// 201 with the address of what was created (RFC 9110 §15.3.2).
    public static func created(_ value: some Encodable, location: String) -> Response {
        located(201, value, location)
    }

    /// 202 with the address of what shows how far it is (RFC 9110 §15.3.3).
    public static func accepted(_ value: some Encodable, location: String) -> Response {
        located(202, value, location)
    }

    private static func located(
        _ status: Int, _ value: some Encodable, _ location: String
    ) -> Response {
        var response = json(status, value)
        response.add("Location", location)
        return response
    }

    /// 204.
    public static let noContent = Response(204)
}
