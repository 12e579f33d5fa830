using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>What pages must not carry.</summary>
[Category("X6")]
public sealed partial class MarkupTests
{
    [Test]
    public void No_page_carries_styles_in_its_markup()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Juming.sln"))) folder = folder.Parent!;
        var pages = Directory.EnumerateFiles(Path.Combine(folder.FullName, "src"), "*.razor", SearchOption.AllDirectories).ToList();
        TestContext.Out.WriteLine($"{pages.Count} pages");
        Assert.That(pages, Has.Count.GreaterThan(50));
        Assert.That(pages.Where(p => Style().IsMatch(File.ReadAllText(p))).Select(Path.GetFileName), Is.Empty, "a class says it, and the page's policy need not allow it");
    }

    [GeneratedRegex("\\sstyle=[\"@']")]
    private static partial Regex Style();
}
