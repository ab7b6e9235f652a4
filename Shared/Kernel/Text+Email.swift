extension Text {
    /// The longest address; RFC 3696 erratum 1690.
    public static let maximumEmail = 254

    /// An address in the one form that is stored and compared: trimmed, lower case. Takes the
    /// dot-atom form of RFC 5321 §4.1.2 with its lengths (§4.5.3.1: local part 64; 254 in all by
    /// RFC 3696 erratum 1690); quoted local parts, comments, address literals and non-ASCII
    /// addresses (RFC 6531) are refused.
    public static func email(_ raw: String, pointer: String) throws(Fault) -> String {
        var address: [UInt8] = []
        for byte in trimmed(raw[...]).utf8 {
            guard byte < 0x80 else {
                throw .invalid(
                    pointer,
                    "must be an ASCII address; write an international domain as xn--…")
            }
            guard address.count < maximumEmail else {
                throw .invalid(pointer, "must not be longer than \(maximumEmail) characters")
            }
            address.append((65...90).contains(byte) ? byte + 32 : byte)
        }
        guard isEmail(address[...]) else {
            throw .invalid(pointer, "must be an e-mail address such as name@example.com")
        }
        return String(decoding: address, as: UTF8.self)
    }

    private static func isEmail(_ address: ArraySlice<UInt8>) -> Bool {
        // `@` is no atom character, so a second one fails in the domain.
        guard let at = address.firstIndex(of: UInt8(ascii: "@")) else { return false }
        return isLocalPart(address[..<at]) && isDomain(address[(at + 1)...])
    }

    private static func isLocalPart(_ local: ArraySlice<UInt8>) -> Bool {
        guard local.count <= 64 else { return false }
        return dotSeparated(local).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isLowerOrDigit($0) || isAtomSymbol($0) }
        }
    }

    /// RFC 5322 §3.2.3 `atext` without letters and digits.
    private static func isAtomSymbol(_ byte: UInt8) -> Bool {
        "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    /// Labels as in RFC 1123 §2.1, at least two of them (or `localhost`), the last not a number,
    /// because an address literal would need brackets.
    private static func isDomain(_ domain: ArraySlice<UInt8>) -> Bool {
        let labels = dotSeparated(domain)
        guard domain.count <= 253, labels.allSatisfy(isLabel), let last = labels.last else {
            return false
        }
        guard labels.count > 1 else { return last.elementsEqual("localhost".utf8) }
        return !last.allSatisfy { (48...57).contains($0) }
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard label.count <= 63, let first = label.first, let last = label.last else {
            return false
        }
        return isLowerOrDigit(first) && isLowerOrDigit(last)
            && label.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func dotSeparated(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    }
}
