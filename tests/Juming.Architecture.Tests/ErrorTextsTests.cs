using System.Globalization;
using System.Reflection;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Juming.Platform.Resources;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>Every refusal has a Chinese and an English sentence with the same arguments.</summary>
[Category("X9")]
public sealed class ErrorTextsTests
{
    [Test]
    public void Every_refusal_has_a_sentence_in_both_languages()
    {
        var errors = Tiers.All.SelectMany(t => PlatformServices.Assemblies(t.Modules)).Distinct().SelectMany(a => a.GetTypes()).Where(t => !t.ContainsGenericParameters)
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)).Where(f => f.FieldType == typeof(Error))
            .Select(f => (Error)f.GetValue(null)!).Where(e => e is not null).ToList();
        TestContext.Out.WriteLine($"{errors.Count} refusals");
        Assert.That(errors, Is.Not.Empty);
        var missing = errors.Where(e => !ErrorTexts.Has(e.Code, CultureInfo.InvariantCulture)).Select(e => e.Code + ": " + e.Sentence);
        Assert.That(missing, Is.Empty);
    }
}
