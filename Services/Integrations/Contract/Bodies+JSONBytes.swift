import Contract
import Kernel

// These write their members in the order of the product's reference pages.

extension IntegrationBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("id", id)
            $0.member("slug", slug)
            $0.member("name", name)
            $0.member("description", description)
            $0.member("externalId", externalId)
            $0.member("ownerId", ownerId)
            $0.member("createdAt", createdAt)
            $0.member("updatedAt", updatedAt)
            $0.member("_links")
            $0.object {
                $0.member("self", links.`self`)
                $0.member("owner", links.owner)
                $0.member("shares", links.shares)
            }
        }
    }
}

extension IntegrationAccessBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("accessLevel", accessLevel)
            $0.member("via", via)
        }
    }
}

extension IntegrationShareBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("integrationId", integrationId)
            $0.member("principalId", principalId)
            $0.member("accessLevel", accessLevel)
            $0.member("createdAt", createdAt)
            $0.member("updatedAt", updatedAt)
        }
    }
}

extension IntegrationShareWithPrincipalBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("integrationId", integrationId)
            $0.member("principalId", principalId)
            $0.member("accessLevel", accessLevel)
            $0.member("principal")
            $0.object {
                $0.member("id", principal.id)
                $0.member("name", principal.name)
                $0.member("type", principal.type.rawValue)
            }
        }
    }
}

extension OwnerBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("id", id)
            $0.member("_embedded")
            $0.object {
                if let user = embedded.user {
                    $0.member(IntegrationRelations.user)
                    $0.object {
                        $0.member("username", user.username)
                        $0.member("displayName", user.displayName)
                    }
                }
                if let team = embedded.team {
                    $0.member(IntegrationRelations.team)
                    $0.object {
                        $0.member("id", team.id)
                        $0.member("name", team.name)
                    }
                }
            }
        }
    }
}

extension TeamBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("id", id)
            $0.member("name", name)
            $0.member("memberCount", memberCount)
            $0.member("externalId", externalId)
            $0.member("managedBy", managedBy?.rawValue)
            $0.member("createdAt", createdAt)
            $0.member("_links")
            $0.object {
                $0.member("self", links.`self`)
                $0.member("members", links.members)
            }
        }
    }
}

extension TeamMemberBody: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("username", username)
            $0.member("displayName", displayName)
            $0.member("role", role.rawValue)
        }
    }
}
