extension RequestHead {
    /// The same request with other values in its target.
    /// - Parameters:
    ///   - parameters: where the parameters of its path stand.
    ///   - path: the new value of each parameter, decoded; nil keeps it.
    ///   - query: the new value of a parameter of the query by its name and value, all decoded; nil
    ///     keeps it as it came.
    /// - Returns: nil if nothing is to be changed.
    public func replacing(
        _ parameters: PathParameters, path value: (_ index: Int) -> String?,
        query change: (_ name: String, _ value: String) -> String?
    ) -> (head: RequestHead, parameters: PathParameters)? {
        var target: [UInt8] = []
        var ranges: [Range<Int>] = []
        var copied = 0
        var isChanged = false
        withPath { bytes in
            func copy(_ range: Range<Int>) {
                target.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
            target.reserveCapacity(bytes.count + 64)
            for index in 0..<parameters.count {
                let range = parameters[index]
                copy(copied..<range.lowerBound)
                let start = target.count
                if let value = value(index) {
                    isChanged = true
                    PercentEncoding.append(value, to: &target)
                } else {
                    copy(range)
                }
                ranges.append(start..<target.count)
                copied = range.upperBound
            }
            copy(copied..<bytes.count)
        }
        let pathEnd = target.count
        if let query {
            fields.withBytes(query.lowerBound, query.count) { bytes in
                target.append(UInt8(ascii: "?"))
                isChanged =
                    PercentEncoding.appendForm(bytes, to: &target, changing: change) || isChanged
            }
        }
        guard isChanged else { return nil }
        return (retargeted(target, pathEnd: pathEnd), PathParameters(ranges))
    }

    /// The request with another path in the same form, and the same query.
    public func with(path: [UInt8]) -> RequestHead {
        guard let query else { return retargeted(path, pathEnd: path.count) }
        var target: [UInt8] = []
        target.reserveCapacity(path.count + 1 + query.count)
        target.append(contentsOf: path)
        target.append(UInt8(ascii: "?"))
        fields.withBytes(query.lowerBound, query.count) { target.append(contentsOf: $0) }
        return retargeted(target, pathEnd: path.count)
    }

    /// Lends the raw query, empty if there is none.
    public func withQuery<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try fields.withBytes(query?.lowerBound ?? 0, query?.count ?? 0, body)
    }

    /// Whether nothing was replaced since `other`.
    public func hasTarget(of other: RequestHead) -> Bool {
        path == other.path && query == other.query
    }

    /// - Parameter target: in place of path and query. It is put behind the head's own bytes, of
    ///   which the fields are ranges.
    private func retargeted(_ target: [UInt8], pathEnd: Int) -> RequestHead {
        let start = fields.bytes.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(start + target.count)
        bytes.append(contentsOf: fields.bytes)
        bytes.append(contentsOf: target)
        var head = self
        head.fields = FieldList(bytes: bytes, fields: fields.fields)
        head.path = start..<start + pathEnd
        head.query = query == nil ? nil : start + pathEnd + 1..<start + target.count
        return head
    }
}

extension PercentEncoding {
    /// Appends a query with some of its values changed.
    /// - Parameter change: the new value by the name and value, all decoded; nil keeps the pair as
    ///   it came, and so does what can't be decoded.
    /// - Returns: whether any was changed.
    fileprivate static func appendForm(
        _ bytes: UnsafeRawBufferPointer, to out: inout [UInt8],
        changing change: (_ name: String, _ value: String) -> String?
    ) -> Bool {
        var isChanged = false
        var isFirst = true
        for part in bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            if !isFirst { out.append(UInt8(ascii: "&")) }
            isFirst = false
            let pair = UnsafeRawBufferPointer(rebasing: part)
            guard let item = item(pair), let value = change(item.name, item.value) else {
                out += pair
                continue
            }
            isChanged = true
            out += pair.prefix { $0 != UInt8(ascii: "=") }
            out.append(UInt8(ascii: "="))
            out += encode(value).utf8
        }
        return isChanged
    }
}
