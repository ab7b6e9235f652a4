import Contract

// What writes and the lists of entities answer: encoding it with Codable would cost more than the
// rest of a write. Members are in the order of their names, as the coder writes them.

extension EntityBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            if let access { $0.member("access", access.rawValue) }
            $0.member("createdAt", createdAt)
            $0.member("description", description)
            $0.member("externalId", externalId)
            $0.member("id", id)
            $0.member("latestVersion", latestVersion)
            $0.member("name", name)
            $0.member("organizationId", organizationId)
            $0.member("ownerId", ownerId)
            $0.member("resharing", resharing.rawValue)
            $0.member("slug", slug)
            $0.member("type", type.rawValue)
            $0.member("updatedAt", updatedAt)
        }
    }
}

extension EntitySummaryBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("id", id)
            $0.member("name", name)
            $0.member("slug", slug)
            $0.member("type", type.rawValue)
        }
    }
}

extension InstallationBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("entity", entity)
            $0.member("entityId", entityId)
            $0.member("installedAt", installedAt)
            $0.member("usable", usable)
            $0.member("version", version)
        }
    }
}

extension VersionBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("createdAt", createdAt)
            $0.member("entityId", entityId)
            $0.member("id", id)
            $0.member("notes", notes)
            $0.member("packageUrl", packageUrl)
            $0.member("publishedBy", publishedBy)
            $0.member("sha256", sha256)
            $0.member("version", version)
        }
    }
}

extension PublisherStatusBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object { $0.member("isPublisher", isPublisher) }
    }
}

extension ShareBody: JSONByteWritable where Subject: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("createdAt", createdAt)
            $0.member("createdBy", createdBy)
            if let entity { $0.member("entity", entity) }
            $0.member("entityId", entityId)
            $0.member("id", id)
            $0.member("user", user)
        }
    }
}

extension ShareOutcomeBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("alreadyHadAccess")
            $0.append(array: alreadyHadAccess) { writer, holder in
                writer.object {
                    $0.member("email", holder.email)
                    $0.member("userId", holder.userId)
                    $0.member("via", holder.via.rawValue)
                }
            }
            $0.member("created")
            $0.append(array: created) { $1.write(to: &$0) }
            $0.member("invited")
            $0.append(array: invited) { writer, invited in
                writer.object {
                    $0.member("email", invited.email)
                    $0.member("expiresAt", invited.expiresAt)
                    $0.member("invitationId", invited.invitationId)
                }
            }
            $0.member("notFound")
            $0.append(array: notFound) { $0.append(quoted: $1) }
        }
    }
}
