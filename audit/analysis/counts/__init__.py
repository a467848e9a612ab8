"""Evidence that is counted beside the likelihood ratio and never mixed into it.

Four counts, each with its own controls, its own exact or resampled interval and its own limits in
words. None of them enters the likelihood ratio, and none is added to another, because each answers
another question and fails in another way:

- `canaries`: strings that a teacher planted. Few, rare and decisive where they are found, silent
  where none were planted: there is no population of cases from which a ratio could be fitted.
- `identity`: sentences in which a model says who it is or who made it. They can be put into a
  model or taken out of it at will, and models take themselves for others that they read of.
- `shared_errors`: the same wrong answers. Capable models that have nothing to do with each other
  share errors, so the count is not specific to training on outputs.
- `watermarks`: marks that only the holder of a key can look for. Their p-value rests on the key,
  not on models, and is exact by itself.

A reader must be able to strike out any of them and find every other number unchanged.
"""
