import EventLoop
import Glibc
import HTTPCore
import Kernel

/// POSTs over TLS, each by a curl(1) of its own, which speaks TLS, checks the certificate against
/// the URL's host, and connects to the addresses that were checked (`--resolve`). What a server
/// answers can harm no more than that process.
struct TLSPost: Sendable {
    /// What an answer's head may weigh besides its body.
    private static let maximumHead = 65_536

    /// A file of certificates to trust in place of the system's.
    let certificates: String?
    private let executable: String?
    var isAvailable: Bool { executable != nil }

    init(certificates: String?) {
        self.certificates = certificates
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        executable = folders.split(separator: ":").map { "\($0)/curl" }.first {
            access($0, X_OK) == 0
        }
    }

    func send(
        _ message: WebhookMessage, to url: WebhookURL, at addresses: [IPAddress], until end: Ticks
    ) async throws(WebhookFailure) -> WebhookOutcome {
        guard let executable else { throw .notSent }
        let left = Ticks.now.milliseconds(until: end)
        guard left > 0 else { throw .timeout }
        let input = Array(configuration(message, url, addresses, milliseconds: left).utf8)
        let outcome = await withCheckedContinuation { continuation in
            onDetachedThread {
                continuation.resume(
                    returning: ChildProcess.run(
                        executable, ["--disable", "--config", "-"], input: input, until: end,
                        maximumOutput: Self.maximumHead + WebhookSender.maximumBody,
                        truncates: true))
            }
        }
        switch outcome {
        case .failed: throw .notSent
        case .late: throw .timeout
        case .said(let output): return try Self.outcome(output)
        }
    }

    /// On its standard input: arguments can be seen by all who are on the machine.
    private func configuration(
        _ message: WebhookMessage, _ url: WebhookURL, _ addresses: [IPAddress], milliseconds: Int
    ) -> String {
        let origin = url.origin
        // It tries one after the other.
        let places = addresses.map { $0.isIPv4 ? $0.text : "[\($0.text)]" }
        var options = [
            ("url", origin.text + url.target), ("proto", "=https"), ("noproxy", "*"),
            ("request", "POST"),
            ("data-raw", String(decoding: message.body, as: UTF8.self)),
            ("connect-timeout", "5"), ("max-time", "\(Double(milliseconds) / 1_000)"),
            ("write-out", "\\n%{exitcode}"), ("header", "Expect:"), ("header", "Accept:"),
        ]
        if IPAddress(origin.host) == nil {
            options.append(
                ("resolve", "\(origin.host):\(origin.port):\(places.joined(separator: ","))"))
        }
        options += message.fields.map { ("header", "\($0.name): \($0.value)") }
        if let certificates { options.append(("cacert", certificates)) }
        let flags = ["silent", "include", "http1.1", "globoff", "path-as-is"]
        return
            (flags + options.map { "\($0) = \(Self.quoted($1))" }).joined(separator: "\n") + "\n"
    }

    /// As curl's configuration files quote.
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

    // MARK: What it says: heads, the body, and its exit code in the last line

    private static func outcome(_ output: [UInt8]) throws(WebhookFailure) -> WebhookOutcome {
        // What was cut off has no last line of curl's; its head is an answer all the same.
        if output.count <= maximumHead + WebhookSender.maximumBody {
            let last = output.lastIndex(of: UInt8(ascii: "\n")).map { output[($0 + 1)...] } ?? []
            guard let code = Int(String(decoding: last, as: UTF8.self)) else { throw .notSent }
            guard code == 0 else { throw failure(code) }
        }
        guard let answer = answer(output[...]) else { throw .malformed }
        return answer
    }

    /// The first head that is not informational (RFC 9110 §15.2).
    private static func answer(_ output: ArraySlice<UInt8>) -> WebhookOutcome? {
        var rest = output
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
                .split(separator: "\r\n", omittingEmptySubsequences: false)
            let words = lines[0].split(separator: " ")
            guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
                return nil
            }
            if status >= 200 {
                let field = lines.first { $0.lowercased().hasPrefix("retry-after:") }
                let value = field.map { $0.dropFirst(12).drop { $0 == " " } }
                return .answered(
                    status: status, retryAfter: RetryAfter.seconds(value.map(String.init)))
            }
            rest = rest[end.upperBound...]
        }
        return nil
    }

    /// https://curl.se/docs/manpage.html#EXIT
    private static func failure(_ code: Int) -> WebhookFailure {
        switch code {
        case 6, 7: .unreachable
        case 28: .timeout
        case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: .tls
        case 18, 52, 55, 56: .closed
        case 1, 8, 61, 92: .malformed
        default: .notSent
        }
    }
}
