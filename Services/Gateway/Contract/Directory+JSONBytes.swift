import Contract

// A batch of checks asks about hundreds of users.

extension ExistingUsersQuery: JSONByteReadable, JSONByteWritable {
    public init?(from reader: inout JSONByteReader) {
        guard let ids = reader.only("ids", { $0.list { $0.string() } }) else { return nil }
        self.init(ids: ids)
    }

    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("ids")
            $0.append(array: ids) { $0.append(quoted: $1) }
        }
    }
}

extension ExistingUsersReply: JSONByteReadable, JSONByteWritable {
    public init?(from reader: inout JSONByteReader) {
        var ids: [String]?
        var mark: LeaseMark?
        let isPlain = reader.object { reader, name in
            switch name {
            case "ids" where ids == nil: ids = reader.list { $0.string() }
            case "mark" where mark == nil: mark = LeaseMark(from: &reader)
            default: return false
            }
            return true
        }
        guard isPlain, let ids, let mark else { return nil }
        self.init(ids: ids, mark: mark)
    }

    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("ids")
            $0.append(array: ids) { $0.append(quoted: $1) }
            $0.member("mark", mark)
        }
    }
}
