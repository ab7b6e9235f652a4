import Contract

// A batch holds a thousand of these: decoding them with Codable would cost more than the checks.

extension AccessChecksBody: JSONByteReadable {
    public init?(from reader: inout JSONByteReader) {
        guard let checks = reader.only("checks", { $0.list { Check(from: &$0) } }) else {
            return nil
        }
        self.init(checks: checks)
    }
}

extension AccessChecksBody.Check: JSONByteReadable {
    public init?(from reader: inout JSONByteReader) {
        var entityId: String?
        var userId: String?
        let isPlain = reader.object { reader, name in
            switch name {
            case "entityId" where entityId == nil: entityId = reader.string()
            case "userId" where userId == nil: userId = reader.string()
            default: return false
            }
            return true
        }
        guard isPlain, let entityId else { return nil }
        self.init(entityId: entityId, userId: userId)
    }
}

extension AccessResultsBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.append("{\"results\":")
        writer.append(array: results) { writer, result in
            writer.append("{\"entityId\":")
            writer.append(quoted: result.entityId)
            writer.append(
                result.granted ? ",\"granted\":true" : ",\"granted\":false")
            if let reason = result.reason {
                writer.append(",\"reason\":")
                writer.append(quoted: reason.rawValue)
            }
            writer.append(",\"userId\":")
            writer.append(quoted: result.userId)
            writer.append(",\"via\":")
            if let via = result.via {
                writer.append(quoted: via.rawValue)
            } else {
                writer.append("null")
            }
            writer.append("}")
        }
        writer.append("}")
    }
}
