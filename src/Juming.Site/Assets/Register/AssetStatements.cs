using Juming.Platform.Data;
using Juming.Site.Assets.Data;
using static Juming.Platform.Data.PlainStatements;

namespace Juming.Site.Assets.Register;

/// <summary>Writes new rows of the register with prepared statements, the same text on SQLite and PostgreSQL.</summary>
internal sealed class AssetStatements(PlainStatements statements)
{
    private const string AssetText = """
        INSERT INTO assets_assets (id, name, named, importance, business, zone, owner, note, state, origin, first_seen, last_seen, merged_into, updated_at, changed_by, version)
        VALUES (@id, @name, @named, @importance, @business, @zone, @owner, @note, @state, @origin, @first_seen, @last_seen, @merged_into, @updated_at, @changed_by, @version)
        """;

    private const string IdentityText = "INSERT INTO assets_identities (asset_id, kind, value, first_seen, last_seen) VALUES (@asset_id, @kind, @value, @first_seen, @last_seen)";

    private const string UserText = "INSERT INTO assets_users (asset_id, name, first_seen, last_seen) VALUES (@asset_id, @name, @first_seen, @last_seen)";

    /// <summary>Inserts assets.</summary>
    public Task Insert(IEnumerable<AssetRow> rows) => statements.Run(AssetText, rows, static (c, row) =>
    {
        Set(c, "id", row.Id);
        Set(c, "name", row.Name);
        Set(c, "named", row.Named);
        Set(c, "importance", row.Importance);
        Set(c, "business", row.Business);
        Set(c, "zone", row.Zone);
        Set(c, "owner", row.Owner);
        Set(c, "note", row.Note);
        Set(c, "state", row.State.ToString());
        Set(c, "origin", row.Origin.ToString());
        Set(c, "first_seen", Micros(row.FirstSeen));
        Set(c, "last_seen", Micros(row.LastSeen));
        SetId(c, "merged_into", row.MergedInto);
        Set(c, "updated_at", Micros(row.UpdatedAt));
        Set(c, "changed_by", row.ChangedBy);
        Set(c, "version", row.Version);
    });

    /// <summary>Inserts identities.</summary>
    public Task Insert(IEnumerable<IdentityRow> rows) => statements.Run(IdentityText, rows, static (c, row) =>
    {
        Set(c, "asset_id", row.AssetId);
        Set(c, "kind", row.Kind.ToString());
        Set(c, "value", row.Value);
        Set(c, "first_seen", Micros(row.FirstSeen));
        Set(c, "last_seen", Micros(row.LastSeen));
    });

    /// <summary>Inserts accounts.</summary>
    public Task Insert(IEnumerable<AssetUserRow> rows) => statements.Run(UserText, rows, static (c, row) =>
    {
        Set(c, "asset_id", row.AssetId);
        Set(c, "name", row.Name);
        Set(c, "first_seen", Micros(row.FirstSeen));
        Set(c, "last_seen", Micros(row.LastSeen));
    });
}
