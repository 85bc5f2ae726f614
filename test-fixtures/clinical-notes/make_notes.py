"""Makes train.tsv and dev.tsv beside this file: short clinical notes by department. Usage: python make_notes.py

All of it is made up: no patient, no hospital, no advice. Templates and lists of terms, drawn by a seeded generator. What
makes the notes useful as an example is true of real ones: the words that tell departments apart are drug names and
clinical terms that general-purpose word vectors were hardly or never trained on, some of them with hyphens or digits.
"""
import pathlib, random

here = pathlib.Path(__file__).parent
departments = {
    "cardiology": {
        "complaint": ["chest pain on exertion", "palpitations since yesterday", "worsening dyspnea and orthopnea", "swollen ankles", "a syncope at work"],
        "finding": ["troponin elevated", "NSTEMI on ECG", "NT-proBNP 2400", "new-onset atrial fibrillation", "ejection fraction 35 percent", "ST-elevation in V2"],
        "drug": ["bisoprolol 5 mg", "apixaban 5 mg", "ticagrelor", "furosemide i.v.", "sacubitril-valsartan", "atorvastatin 80 mg", "dapagliflozin"],
    },
    "endocrinology": {
        "complaint": ["polyuria and thirst", "weight gain and fatigue", "tremor and sweating", "recurrent hypoglycemia", "hair loss and feeling cold"],
        "finding": ["HbA1c 9.8", "TSH 0.01", "ketones positive", "fasting glucose 14 mmol/l", "anti-TPO antibodies high", "cortisol low"],
        "drug": ["metformin 1000 mg", "empagliflozin", "semaglutide weekly", "levothyroxine 75 mcg", "insulin glargine", "carbimazole", "hydrocortisone"],
    },
    "infectiology": {
        "complaint": ["fever and chills for three days", "a wound that does not heal", "dysuria and flank pain", "productive cough", "painful red leg"],
        "finding": ["CRP 240", "MRSA in the swab", "E. coli in urine", "procalcitonin rising", "lactate 4.1", "ESBL carrier"],
        "drug": ["piperacillin-tazobactam", "vancomycin", "ceftriaxone 2 g", "linezolid", "amoxicillin-clavulanate", "meropenem", "nitrofurantoin"],
    },
    "psychiatry": {
        "complaint": ["low mood for months", "early waking and anhedonia", "hearing voices", "panic attacks in crowds", "racing thoughts, hardly sleeps"],
        "finding": ["PHQ-9 21", "no suicidal intent", "GAD-7 15", "MoCA 28", "oriented, affect flat", "YMRS 24"],
        "drug": ["escitalopram 10 mg", "quetiapine at night", "lamotrigine slowly", "lithium, level 0.7", "aripiprazole", "mirtazapine", "venlafaxine"],
    },
}
templates = [
    "Pt c/o {complaint}; {finding}. Started {drug}.",
    "{age} y/o with {complaint}. {finding}, on {drug}.",
    "Review: {finding}. Continue {drug}, stop {drug2}.",
    "{complaint}, {finding}. Switched from {drug2} to {drug}.",
    "Follow-up after {complaint}. {finding}. {drug} increased.",
]


def write(name, rows, seed):
    draw = random.Random(seed)
    labels = list(departments)
    lines = []
    for i in range(rows):
        label = labels[i % len(labels)]
        terms = departments[label]
        drug, drug2 = draw.sample(terms["drug"], 2)
        text = draw.choice(templates).format(
            complaint=draw.choice(terms["complaint"]), finding=draw.choice(terms["finding"]), drug=drug, drug2=drug2, age=draw.randint(19, 92)
        )
        lines.append(f"{label}\t{text}\n")
    (here / name).write_text("".join(lines), encoding="utf-8")


write("train.tsv", 240, 1)
write("dev.tsv", 60, 2)
