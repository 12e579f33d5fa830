namespace Juming.Commands;

/// <summary>Exit codes of the program; scripts rely on them.</summary>
internal static class Exit
{
    public const int Well = 0;
    public const int Broken = 1;
    public const int WrongUse = 2;
    public const int BadInput = 3;
    public const int Refused = 4;
}
