using System.Text.Json.Serialization;
using Juming.Platform.Events;

namespace Juming.Site.Assets;

/// <summary>How much the site depends on an asset.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum AssetImportance
{
    /// <summary>Everything nobody has called more.</summary>
    Normal = 0,

    /// <summary>Its loss hurts a business.</summary>
    Important = 1,

    /// <summary>Its loss stops a business.</summary>
    Core = 2,
}

/// <summary>What others need to know of an asset.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Importance">How much the site depends on it.</param>
/// <param name="Business">Business system it serves; empty when not known.</param>
/// <param name="Owner">Who answers for it; empty when not known.</param>
public sealed record AssetBrief(Guid Id, string Name, AssetImportance Importance, string Business, string Owner);

/// <summary>Tells which asset an address or host name belongs to. Answers from memory.</summary>
public interface IAssetDirectory
{
    /// <summary>The asset that holds an address or host name; the one seen last where evidence conflicts; null for none.</summary>
    AssetBrief? Find(string addressOrHost);

    /// <summary>An asset by its identity, the one it was merged into included; null for none.</summary>
    AssetBrief? Of(Guid id);

    /// <summary>Assets whose name holds a text or that hold it as an address or host name, by name.</summary>
    IReadOnlyList<AssetBrief> Suggest(string text, int most);

    /// <summary>True when an address lies in the site's own networks.</summary>
    bool IsInternal(string address);
}

/// <summary>The importance of assets changed.</summary>
/// <param name="Names">Addresses and host names of the assets concerned.</param>
[EventName("assets.reweighed", 1)]
public sealed record AssetsReweighed(IReadOnlyList<string> Names) : IModuleEvent;
