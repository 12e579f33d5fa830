using Juming.Platform.Notify;
using Juming.Site.DeviceLinkage.Data;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Tells those who may decide on recipes that a console has changed and what is suggested waits for them.</summary>
internal static class HealingNotice
{
    public const string Code = "linkage.healing-waits";

    public static Notice Of(SuggestionRow suggestion, DeviceRow device, RecipeRow recipe) => new()
    {
        Code = Code,
        // Until somebody has decided, the device takes no blocks.
        Weight = NoticeWeight.Urgent,
        Arguments = new Dictionary<string, string> { ["capability"] = recipe.Capability },
        Private = new Dictionary<string, string> { ["device"] = device.Name, ["recipe"] = recipe.Name, ["wanted"] = suggestion.Wanted, ["found"] = suggestion.Found },
        Path = "/linkage/recipes?open=" + recipe.Id,
        SameAs = $"{Code}/{suggestion.Id}",
    };
}
