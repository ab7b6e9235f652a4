import FoundationEssentials
import Kernel

@testable import HTTPCore
@testable import Mail
@testable import ServiceKit

extension FuzzTarget {
    static let json = FuzzTarget(name: "json") { bytes in
        do throws(Fault) {
            try JSONSyntax.check(bytes)
        } catch {
            require([.malformed, .invalid].contains(error.kind), "a refusal is 400 or 422")
            return
        }
        // What we take for JSON, the decoder does, too.
        let skim = try? JSONDecoder().decode(Skim.self, from: Data(bytes))
        require(skim != nil, "valid JSON can be decoded")
        _ = try? JSON.decode(Shape.self, bytes)
    }

    static let form = FuzzTarget(name: "form") { bytes in
        guard let items = bytes.withUnsafeBytes({ PercentEncoding.form($0) }) else { return }
        let text = items.map {
            "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))"
        }.joined(separator: "&")
        let again = Array(text.utf8).withUnsafeBytes { PercentEncoding.form($0) }
        // `=` alone is an item without a name, which is written as `=` again.
        require(
            again?.map(\.name) == items.map(\.name) && again?.map(\.value) == items.map(\.value),
            "what was read can be written and read again")
    }

    static let smtpReply = FuzzTarget(name: "smtp-reply") { bytes in
        func replies(by size: Int) -> ([SMTPReply], Bool) {
            var reader = SMTPReplyReader()
            var found: [SMTPReply] = []
            do throws(SMTPReplyReader.Malformed) {
                for start in stride(from: 0, to: bytes.count, by: size) {
                    reader.add(Array(bytes[start..<min(start + size, bytes.count)]))
                    while let reply = try reader.next() {
                        require((200...599).contains(reply.code), "a code from 200 to 599")
                        found.append(reply)
                    }
                }
            } catch {
                return (found, true)
            }
            return (found, false)
        }
        let (whole, isBroken) = replies(by: max(1, bytes.count))
        let (cut, isCutBroken) = replies(by: 1 + Int(bytes.first ?? 0) % 7)
        require(whole == cut && isBroken == isCutBroken, "cutting changes nothing")
    }
}

/// Any JSON, whatever it says.
private struct Skim: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Name.self) {
            for name in object.allKeys { _ = try object.decode(Skim.self, forKey: name) }
        } else if var array = try? decoder.unkeyedContainer() {
            while !array.isAtEnd { _ = try array.decode(Skim.self) }
        } else {
            let value = try decoder.singleValueContainer()
            _ = try? value.decode(String.self)
        }
    }
}

private struct Shape: Decodable {
    let name: String
    let count: Int?
    let items: [String]?
}
