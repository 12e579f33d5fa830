using System.Collections.Frozen;

namespace Juming.Site.Assets.Import;

/// <summary>Words that first lines and importance cells are written with, in English and Chinese.</summary>
internal static class ImportVocabulary
{
    /// <summary>Columns by their headings.</summary>
    public static readonly FrozenDictionary<string, string> Columns = new Dictionary<string, string>
    {
        ["name"] = "name",
        ["asset"] = "name",
        ["asset name"] = "name",
        ["名称"] = "name",
        ["资产名称"] = "name",
        ["资产名"] = "name",
        ["address"] = "address",
        ["addresses"] = "address",
        ["ip"] = "address",
        ["ip address"] = "address",
        ["地址"] = "address",
        ["ip地址"] = "address",
        ["ip 地址"] = "address",
        ["host"] = "host",
        ["hostname"] = "host",
        ["host name"] = "host",
        ["主机名"] = "host",
        ["主机名称"] = "host",
        ["mac"] = "mac",
        ["mac address"] = "mac",
        ["mac地址"] = "mac",
        ["mac 地址"] = "mac",
        ["importance"] = "importance",
        ["重要性"] = "importance",
        ["重要程度"] = "importance",
        ["资产等级"] = "importance",
        ["business"] = "business",
        ["business system"] = "business",
        ["业务"] = "business",
        ["业务系统"] = "business",
        ["zone"] = "zone",
        ["area"] = "zone",
        ["区域"] = "zone",
        ["安全域"] = "zone",
        ["网络区域"] = "zone",
        ["owner"] = "owner",
        ["负责人"] = "owner",
        ["责任人"] = "owner",
        ["note"] = "note",
        ["remark"] = "note",
        ["备注"] = "note",
        ["说明"] = "note",
        ["tags"] = "tags",
        ["tag"] = "tags",
        ["labels"] = "tags",
        ["标签"] = "tags",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Importance by its words.</summary>
    public static readonly FrozenDictionary<string, AssetImportance> Importances = new Dictionary<string, AssetImportance>
    {
        ["normal"] = AssetImportance.Normal,
        ["low"] = AssetImportance.Normal,
        ["一般"] = AssetImportance.Normal,
        ["普通"] = AssetImportance.Normal,
        ["important"] = AssetImportance.Important,
        ["high"] = AssetImportance.Important,
        ["重要"] = AssetImportance.Important,
        ["core"] = AssetImportance.Core,
        ["critical"] = AssetImportance.Core,
        ["核心"] = AssetImportance.Core,
        ["关键"] = AssetImportance.Core,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
