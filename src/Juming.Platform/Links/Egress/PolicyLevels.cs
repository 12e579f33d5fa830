namespace Juming.Platform.Links.Egress;

/// <summary>What the customer may let out, in steps.</summary>
internal static class PolicyLevels
{
    /// <summary>Where nobody has chosen.</summary>
    public const int Default = 1;

    /// <summary>Health alone.</summary>
    public const int Lowest = 0;

    /// <summary>With what people release one by one: from here on a message needs a person who let it out.</summary>
    public const int ByHand = 3;

    /// <summary>The highest there is.</summary>
    public const int Highest = ByHand;
}
