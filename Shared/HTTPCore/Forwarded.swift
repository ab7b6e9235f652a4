/// What proxies say about where a request came from: `Forwarded` (RFC 7239) and its older sibling
/// `X-Forwarded-For`, which no standard describes and every proxy writes a little differently.
public enum Forwarded {
    /// The nodes that the lines of `name` list, in order: the one nearest to us is last. Empty
    /// elements are skipped (RFC 9110 §5.6.1.2); one that names no node, or is malformed, is nil.
    public static func nodes(_ name: FieldName, in fields: FieldList) -> [String?] {
        var nodes: [String?] = []
        for field in fields.fields where field.name == name {
            fields.withValue(of: field) { value in
                for element in elements(of: value, separator: ASCII.comma) where !element.isEmpty {
                    let node = name == .forwarded ? forParameter(of: element) : unquoted(element)
                    nodes.append(node.flatMap { host(of: $0) })
                }
            }
        }
        return nodes
    }

    /// The `for` parameter of a forwarded-element (RFC 7239 §4). Names are compared in any case,
    /// and none may occur twice.
    private static func forParameter(of element: UnsafeRawBufferPointer) -> [UInt8]? {
        var node: [UInt8]?
        for pair in elements(of: element, separator: ASCII.semicolon) where !pair.isEmpty {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = UnsafeRawBufferPointer(rebasing: pair[..<equals])
            guard !name.isEmpty, name.allSatisfy(ASCII.isToken) else { return nil }
            guard ASCII.equalsIgnoringCase(name, "for") else { continue }
            guard node == nil,
                let value = unquoted(UnsafeRawBufferPointer(rebasing: pair[(equals + 1)...]))
            else { return nil }
            node = value
        }
        return node
    }

    /// What stands between separators that are in no quoted string, without the space around it.
    private static func elements(
        of list: UnsafeRawBufferPointer, separator: UInt8
    ) -> [UnsafeRawBufferPointer] {
        var elements: [UnsafeRawBufferPointer] = []
        var start = 0
        var isQuoted = false
        var i = 0
        func add(_ end: Int) {
            elements.append(ASCII.trimmed(UnsafeRawBufferPointer(rebasing: list[start..<end])))
        }
        while i < list.count {
            let byte = list[i]
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: "\\"), isQuoted { i += 1 }
            if byte == separator, !isQuoted {
                add(i)
                start = i + 1
            }
            i += 1
        }
        add(list.count)
        return elements
    }

    /// A token as it is, or what a quoted string holds (RFC 9110 §5.6.4); nil if its quotes don't
    /// match.
    private static func unquoted(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard text.first == UInt8(ascii: "\"") else {
            return text.contains(UInt8(ascii: "\"")) ? nil : Array(text)
        }
        var value: [UInt8] = []
        var i = 1
        while i < text.count {
            switch text[i] {
            case UInt8(ascii: "\""): return i == text.count - 1 ? value : nil
            case UInt8(ascii: "\\"):
                guard i + 1 < text.count else { return nil }
                value.append(text[i + 1])
                i += 2
            case let byte:
                value.append(byte)
                i += 1
            }
        }
        return nil
    }

    /// A node without its port and brackets (RFC 7239 §6): `192.0.2.43:47011`, `[2001:db8::1]:80`,
    /// and, as X-Forwarded-For has it, `2001:db8::1`. What it names is for the reader to decide.
    private static func host(of node: [UInt8]) -> String? {
        guard !node.isEmpty, node.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        var host = node[...]
        if node.first == UInt8(ascii: "[") {
            guard let end = node.firstIndex(of: UInt8(ascii: "]")),
                isPort(node[(end + 1)...])
            else { return nil }
            host = node[1..<end]
            // Only an IPv6 address stands in brackets.
            guard host.contains(ASCII.colon) else { return nil }
        } else if let colon = node.firstIndex(of: ASCII.colon),
            colon == node.lastIndex(of: ASCII.colon)
        {
            guard isPort(node[colon...]) else { return nil }
            host = node[..<colon]
        }
        return host.isEmpty ? nil : String(decoding: host, as: UTF8.self)
    }

    /// Nothing, or a colon and a port: 1 to 5 digits, or an obfuscated one (RFC 7239 §6.2).
    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        guard let colon = text.first else { return true }
        let port = text.dropFirst()
        guard colon == ASCII.colon, let first = port.first else { return false }
        if first == UInt8(ascii: "_") { return port.count > 1 }
        return port.count <= 5 && port.allSatisfy(ASCII.isDigit)
    }
}
