import SCIM

extension SCIMSchema {
    /// Users (RFC 7643 §4.1), as far as accounts have their attributes.
    static let user = SCIMSchema(
        SCIMURN.user, "User", "A user of the platform.",
        ignoring: [
            "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale",
            "timezone", "password", "phoneNumbers", "ims", "photos", "addresses", "groups",
            "entitlements", "roles", "x509Certificates",
        ],
        [
            SCIMAttribute("userName", "The name at the provider; unique, whatever its case.").with {
                $0.isRequired = true
                $0.uniqueness = .server
            },
            SCIMAttribute("name", .complex, "The parts of the name.").with {
                $0.subAttributes = [
                    SCIMAttribute("formatted", "The whole name."),
                    SCIMAttribute("familyName", "The family name."),
                    SCIMAttribute("givenName", "The given name."),
                    SCIMAttribute("middleName", "The middle name."),
                    SCIMAttribute("honorificPrefix", "What stands before the name."),
                    SCIMAttribute("honorificSuffix", "What stands behind the name."),
                ]
            },
            SCIMAttribute("displayName", "The name that others see."),
            SCIMAttribute("active", .boolean, "Whether the user is not suspended."),
            SCIMAttribute(
                "emails", .complex,
                "Addresses. The primary one, else the first for work, else the first, is the "
                    + "account's; without any it is the userName."
            ).with {
                $0.isMultiValued = true
                $0.isRequired = true
                $0.subAttributes = [
                    SCIMAttribute("value", "The address.").with { $0.isRequired = true },
                    SCIMAttribute("display", "The address as people read it."),
                    SCIMAttribute("type", "The kind of address.").with {
                        $0.canonicalValues = ["work", "home", "other"]
                    },
                    SCIMAttribute("primary", .boolean, "Whether it is the account's."),
                ]
            },
        ])
}

extension SCIMSchema {
    /// Groups (RFC 7643 §4.2), which are teams.
    static let group = SCIMSchema(
        SCIMURN.group, "Group", "A team: users who own and use integrations together.",
        [
            SCIMAttribute("displayName", "The team's name.").with { $0.isRequired = true },
            SCIMAttribute("members", .complex, "The users of the team.").with {
                $0.isMultiValued = true
                $0.subAttributes = [
                    SCIMAttribute("value", "The user's id.").with {
                        $0.isCaseExact = true
                        $0.mutability = .immutable
                    },
                    SCIMAttribute("$ref", .reference, "The user's URL.").with {
                        $0.referenceTypes = ["User"]
                        $0.mutability = .immutable
                    },
                    SCIMAttribute("type", "The kind of member.").with {
                        $0.canonicalValues = ["User"]
                        $0.mutability = .immutable
                    },
                ]
            },
        ])
}

/// A kind of resource (RFC 7643 §6).
struct SCIMResourceType: Sendable {
    let schema: SCIMSchema
    /// Below the root.
    let path: String

    static let user = SCIMResourceType(schema: .user, path: "/Users")
    static let group = SCIMResourceType(schema: .group, path: "/Groups")

    var name: String { schema.name }
}

/// The documents that describe the server.
struct SCIMDescription: Sendable {
    /// The URL of `/scim/v2`.
    let root: String
    let types: [SCIMResourceType]

    /// RFC 7643 §5.
    var configuration: SCIMValue {
        let no: SCIMValue = ["supported": false]
        let yes: SCIMValue = ["supported": true]
        return [
            "schemas": [.string(SCIMURN.configuration)], "patch": yes,
            "bulk": [
                "supported": true, "maxOperations": .integer(SCIMBulk.maximum),
                "maxPayloadSize": 1_048_576,
            ],
            "filter": ["supported": true, "maxResults": .integer(SCIMQuery.maximumCount)],
            "changePassword": no, "sort": yes, "etag": yes,
            "authenticationSchemes": [
                [
                    "type": "oauthbearertoken", "name": "API token",
                    "description": "A platform admin's API token with the scope scim.",
                    "specUri": "https://www.rfc-editor.org/info/rfc6750", "primary": true,
                ]
            ],
            "meta": [
                "resourceType": "ServiceProviderConfig",
                "location": .string(root + "/ServiceProviderConfig"),
            ],
        ]
    }

    var schemas: [SCIMObject] {
        types.compactMap { type in
            type.schema.value(location: root + "/Schemas/" + type.schema.id).object
        }
    }

    var resourceTypes: [SCIMObject] {
        types.map { type in
            SCIMObject([
                ("schemas", [.string(SCIMURN.resourceType)]), ("id", .string(type.name)),
                ("name", .string(type.name)), ("endpoint", .string(type.path)),
                ("description", .string(type.schema.description)),
                ("schema", .string(type.schema.id)),
                (
                    "meta",
                    [
                        "resourceType": "ResourceType",
                        "location": .string(root + "/ResourceTypes/" + type.name),
                    ]
                ),
            ])
        }
    }
}
