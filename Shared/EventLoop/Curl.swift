import Glibc

/// curl(1), for what is spoken over TLS to servers that somebody else has named: each request has a
/// process of its own, so what a server answers can harm no more than that, and goes to an address
/// that was checked, whatever the URL's host leads to meanwhile (`--connect-to`). `Host`, SNI and
/// the certificate are the URL's. No redirect is followed; neither proxies, cookies nor files of
/// the user's are used.
public enum Curl {
    /// One HTTP request.
    public struct Request: Sendable {
        /// The HTTP method.
        public var method: String
        /// Absolute, http or https.
        public var url: String
        /// Without line ends. `Host` too, where it differs from the URL's.
        public var fields: [(name: String, value: String)]
        /// Text, as its configuration takes no other bytes.
        public var body: String
        /// Where to connect to.
        public var address: IPAddress
        /// Where to connect to.
        public var port: UInt16

        public init(
            _ method: String, _ url: String, fields: [(name: String, value: String)],
            body: String = "", at address: IPAddress, port: UInt16
        ) {
            self.method = method
            self.url = url
            self.fields = fields
            self.body = body
            self.address = address
            self.port = port
        }
    }

    /// What curl did.
    public struct Result: Sendable, Equatable {
        /// https://curl.se/docs/manpage.html#EXIT; nil if what the server said was cut off.
        public let exitCode: Int?
        /// Heads and body, as far as they came.
        public let output: [UInt8]
    }

    /// Where it is; nil if it is not installed.
    public static let executable: String? = {
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/curl" }.first { access($0, X_OK) == 0 }
    }()

    /// Blocks, until `end` at the latest.
    /// - Parameter maximumOutput: bytes of the answer; the rest is cut off.
    /// - Returns: nil if it could not be run or died, or was late.
    public static func run(_ request: Request, maximumOutput: Int, until end: Ticks) -> Result? {
        let left = Ticks.now.milliseconds(until: end)
        guard let executable, left > 0 else { return nil }
        let outcome = ChildProcess.run(
            executable, ["--disable", "--config", "-"],
            input: Array(configuration(request, milliseconds: left).utf8), until: end,
            maximumOutput: maximumOutput,
            // All of it counts; what is beyond is cut off.
            enough: ChildProcess.Enough(milliseconds: 0) { _ in false })
        guard case .said(let said) = outcome else { return nil }
        guard said.count <= maximumOutput else { return Result(exitCode: nil, output: said) }
        // Its last line is its exit code.
        guard let line = said.lastIndex(of: UInt8(ascii: "\n")),
            let code = Int(String(decoding: said[(line + 1)...], as: UTF8.self))
        else { return nil }
        return Result(exitCode: code, output: Array(said[..<line]))
    }

    private static func configuration(_ request: Request, milliseconds: Int) -> String {
        let address = request.address.isIPv4 ? request.address.text : "[\(request.address.text)]"
        return configuration(
            request.method, request.url, fields: request.fields, body: request.body,
            milliseconds: milliseconds, flags: ["include"],
            options: [
                ("proto", "=http,https"), ("connect-to", "::\(address):\(request.port)"),
            ])
    }

    /// What curl reads on its standard input (`--config -`): arguments can be seen by all who are
    /// on the machine. Its output ends with a line that is its exit code.
    /// - Parameters:
    ///   - body: nothing is sent if it is empty.
    ///   - milliseconds: for the whole request.
    ///   - flags: long options without a value, besides those of all requests.
    ///   - options: the same with a value.
    public static func configuration(
        _ method: String, _ url: String, fields: [(name: String, value: String)], body: String,
        milliseconds: Int, flags: [String], options: [(name: String, value: String)]
    ) -> String {
        var options =
            [
                ("url", url), ("noproxy", "*"), ("request", method), ("connect-timeout", "5"),
                ("max-time", "\(Double(milliseconds) / 1_000)"), ("write-out", "\\n%{exitcode}"),
                ("header", "Expect:"), ("header", "Accept:"),
            ] + options
        if !body.isEmpty { options.append(("data-raw", body)) }
        options += fields.map { ("header", "\($0.name): \($0.value)") }
        let flags = ["silent", "http1.1", "globoff", "path-as-is"] + flags
        return
            (flags + options.map { "\($0) = \(quoted($1))" }).joined(separator: "\n") + "\n"
    }

    /// As its configuration files quote.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
