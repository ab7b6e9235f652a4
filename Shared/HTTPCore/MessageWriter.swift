/// Writes heads (RFC 9112 §3, §4). The one place where a message of ours gets its framing.
public enum MessageWriter {
    /// `HTTP/1.1 200 OK\r\n`.
    public static func statusLine(_ status: Int, into out: inout ByteBuffer) {
        if status == 200 {
            out.append("HTTP/1.1 200 OK\r\n" as StaticString)
            return
        }
        out.append("HTTP/1.1 " as StaticString)
        out.append(number: status)
        out.append(byte: ASCII.space)
        out.append(reason(status))
        out.append("\r\n" as StaticString)
    }

    /// `name: value\r\n`. Control characters can't leave through here: they would end the line.
    public static func field(_ name: String, _ value: String, into out: inout ByteBuffer) {
        var name = name
        name.withUTF8 { utf8 in
            if utf8.allSatisfy(ASCII.isToken) {
                out.append(UnsafeRawBufferPointer(utf8))
            } else {
                for byte in utf8 where ASCII.isToken(byte) { out.append(byte: byte) }
            }
        }
        out.append(": " as StaticString)
        var value = value
        value.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            if ASCII.isFieldValue(bytes) {
                out.append(bytes)
            } else {
                for byte in utf8 where ASCII.isFieldValue(byte) { out.append(byte: byte) }
            }
        }
        out.append("\r\n" as StaticString)
    }

    /// A request target that is not from the wire: what would end it is percent-encoded.
    public static func target(_ target: String, into out: inout ByteBuffer) {
        for byte in target.utf8 {
            if byte > ASCII.space, byte < 0x7F {
                out.append(byte: byte)
            } else {
                out.append(byte: ASCII.percent)
                if byte < 0x10 { out.append(byte: UInt8(ascii: "0")) }
                out.append(number: Int(byte), radix: 16)
            }
        }
    }

    /// A field that was received, as it came.
    public static func field(
        _ list: FieldList, _ field: FieldList.Field, into out: inout ByteBuffer
    ) {
        list.withName(of: field) { out.append($0) }
        out.append(": " as StaticString)
        list.withValue(of: field) { out.append($0) }
        out.append("\r\n" as StaticString)
    }

    /// Content-Length or Transfer-Encoding; none for what has no body by its status.
    public static func framing(_ framing: BodyFraming, into out: inout ByteBuffer) {
        switch framing {
        case .none: out.append("Content-Length: 0\r\n" as StaticString)
        case .length(let count):
            out.append("Content-Length: " as StaticString)
            out.append(number: count)
            out.append("\r\n" as StaticString)
        case .chunked: out.append("Transfer-Encoding: chunked\r\n" as StaticString)
        case .untilClose: break
        }
    }

    /// One chunk; writes nothing for no bytes, which would end the body.
    public static func chunk(_ bytes: UnsafeRawBufferPointer, into out: inout ByteBuffer) {
        guard !bytes.isEmpty else { return }
        out.append(number: bytes.count, radix: 16)
        out.append("\r\n" as StaticString)
        out.append(bytes)
        out.append("\r\n" as StaticString)
    }

    /// RFC 9112 §7.1, without trailers.
    public static func lastChunk(into out: inout ByteBuffer) {
        out.append("0\r\n\r\n" as StaticString)
    }

    /// The reason phrase (RFC 9110 §15; RFC 6585).
    public static func reason(_ status: Int) -> StaticString {
        switch status {
        case 100: "Continue"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 303: "See Other"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
