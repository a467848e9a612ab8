"""From the similarities of a cohort to one log-LR for a suspect and a candidate teacher."""
